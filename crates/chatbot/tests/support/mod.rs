//! The demo city with its texts, read from the repository.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use chatbot::{Engine, content};
use reading::TextFile;

/// The chatbot of the demo city.
pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let files = demo_files();
    let city = city::check(&files).expect("the demo city has no problems").city;
    let texts = content::read(&files, &city.services).expect("its texts have none either");
    Engine::build(city.services, texts)
});

/// Every file of the demo city.
pub(crate) fn demo_files() -> Vec<TextFile> {
    let root = Path::new(env!("REPOSITORY_ROOT")).join("deploy/demo/hannover");
    let mut files = Vec::new();
    read_folder(&root, &root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<TextFile>) {
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            read_folder(root, &path, files);
            continue;
        }
        let parts = path.strip_prefix(root).expect("it lies below the root").iter();
        let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
        files.push(TextFile { path: parts.join("/"), text: fs::read_to_string(&path).expect("it is text") });
    }
}
