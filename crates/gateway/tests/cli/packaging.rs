//! What a package and a service manager need of the program.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::installation::Installation;

#[test]
fn writes_a_page_for_every_command_and_completions_that_shells_can_read() {
    let installation = Installation::new();
    let told = installation.run(&["manual", "papers"]).success();
    assert_eq!(told, "");
    let page = |name: &str| std::fs::read_to_string(installation.path("papers/man").join(name)).expect("a page");
    assert!(page("servicepoint.1").contains("servicepoint\\-serve(1)"), "{}", page("servicepoint.1"));
    assert!(page("servicepoint-city-load.1").contains("servicepoint city load"));
    let pages = std::fs::read_dir(installation.path("papers/man")).expect("pages");
    let names = pages.map(|page| page.expect("a page").file_name().into_string().expect("text"));
    assert!(
        names.into_iter().all(|name| !name.contains("manual") && !name.contains("help")),
        "hidden commands stay so"
    );
    let bash = Command::new("bash").arg("-n").arg(installation.path("papers/completions/servicepoint.bash")).status();
    assert!(bash.expect("bash").success());
    assert!(installation.path("papers/completions/_servicepoint").exists());
    assert!(installation.path("papers/completions/servicepoint.fish").exists());
    installation.write("taken", "a file");
    let told = installation.run(&["manual", "taken"]).failure(1);
    assert!(told.contains("taken"), "{told}");
}

#[test]
fn a_key_from_the_service_manager_may_show_its_access_list() {
    // systemd lets a service read its credentials by an access list, which the bits of the group show.
    let told = |mode: u32, is_handed_over: bool| {
        let installation = Installation::new();
        let path = installation.write("credentials/master.key", &format!("{}\n", "ab".repeat(32)));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("ours");
        let folder = if is_handed_over { "credentials" } else { "elsewhere" };
        let credentials = installation.path(folder).display().to_string();
        let installation = installation.with("SECRETS__KEY_FILE", path.display().to_string());
        installation.with_variable("CREDENTIALS_DIRECTORY", credentials).run(&["doctor"]).out
    };
    assert!(told(0o440, true).contains("ok    key file"), "{}", told(0o440, true));
    assert!(told(0o440, false).contains("fail  key file"), "any other file with these bits is open to a group");
    assert!(told(0o444, true).contains("fail  key file"), "open to all is wrong everywhere");
}
