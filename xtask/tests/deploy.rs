//! What is shipped to operators fits together: units, alerts and runbooks, proxies, image, list of parts.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use xtask::deploy::{alerts, containers, figures, proxies, sbom, units};
use xtask::house::sources::repository;

fn read(path: &str) -> Option<String> {
    fs::read_to_string(repository().join(path)).ok()
}

fn shipped_units() -> BTreeMap<String, String> {
    units::read(&repository().join(units::FOLDER)).expect("units")
}

#[track_caller]
fn check_found(problems: &[String], words: &str) {
    assert!(problems.iter().any(|problem| problem.contains(words)), "expected `{words}`, found {problems:?}");
}

#[test]
fn every_unit_has_the_one_sandbox_and_stays_in_its_own_city() {
    let shipped = shipped_units();
    assert_eq!(shipped.keys().filter(|name| name.ends_with(".service")).count(), 8);
    assert_eq!(units::problems(&shipped), Vec::<String>::new());
}

#[test]
fn a_unit_with_a_hole_of_its_own_is_found() {
    let changed = |name: &str, from: &str, to: &str| {
        let mut shipped = shipped_units();
        let text = shipped.get_mut(name).expect("a unit");
        assert!(text.contains(from), "{name} does not say {from}");
        *text = text.replace(from, to);
        units::problems(&shipped)
    };
    check_found(&changed("servicepoint.service", "ProtectSystem=strict", "ProtectSystem=full"), "a sandbox of its own");
    check_found(&changed("servicepoint@.service", "# The sandbox.", "#"), "has no sandbox");
    check_found(&changed("servicepoint@.service", "secrets/%i/master", "secrets/default/master"), "reaches into");
    check_found(&changed("servicepoint.service", "secrets/default/master", "secrets/%i/master"), "is no template");
    let mut without = shipped_units();
    without.remove("servicepoint-backup.service");
    check_found(&units::problems(&without), "servicepoint-backup.timer starts nothing");
}

#[test]
fn every_alert_has_its_runbook_with_all_chapters() {
    let rules = alerts::rules().expect("rules");
    assert!(alerts::alerts(&rules).len() >= 12);
    assert_eq!(alerts::problems(&rules, read), Vec::<String>::new());
}

#[test]
fn an_alert_without_a_runbook_is_found() {
    let rules = alerts::rules().expect("rules");
    let without = |path: &str| if path.ends_with("disk-full.md") { None } else { read(path) };
    check_found(&alerts::problems(&rules, without), "DiskFull has no runbook");
    check_found(&alerts::problems(&rules, |_| Some("# A\n\n## Steps\n".to_owned())), "lacks `## First look`");
    let renamed = rules.replace("docs/operations/down.md", "docs/operations/elsewhere.md");
    check_found(&alerts::problems(&renamed, read), "Down does not name docs/operations/down.md");
}

#[test]
fn metrics_are_told_from_labels_functions_and_records() {
    let rules = r#"
      - alert: A
        expr: |
          sum by (municipality_of_all) (rate(graphql_operations_total{field="book_it",le="0.3"}[5m])) > 0.1
          or servicepoint:recorded:rate5m > 1 and predict_linear(disk_free_bytes[6h], 3) < 0 and ready == 0
        for: 1m
        annotations:
          summary: not_a_metric
"#;
    let found: Vec<String> = alerts::metrics(rules).into_iter().collect();
    assert_eq!(found, ["disk_free_bytes", "graphql_operations_total", "ready"]);
}

#[test]
fn a_metric_that_nobody_emits_is_found() {
    let wanted = ["ready".to_owned(), "http_request_total".to_owned()];
    let emitted = "# TYPE ready gauge\nready 1\nhttp_request_totals{a=\"b\"} 3\n";
    assert_eq!(figures::missing(&wanted, emitted), ["http_request_total"]);
}

#[test]
fn proxies_that_forget_a_promise_are_found() {
    let shipped = |path: &str| read(path).expect("a configuration");
    assert_eq!(proxies::missing(shipped), Vec::<String>::new());
    let forged = |path: &str| shipped(path).replace("X-Forwarded-For $remote_addr", "X-Forwarded-For $proxy_add");
    check_found(&proxies::missing(forged), "a client's own word");
}

#[test]
fn an_image_that_runs_as_root_or_carries_a_shell_is_found() {
    let shipped = read("deploy/container/Containerfile").expect("a Containerfile");
    assert_eq!(containers::image_problems(&shipped), Vec::<String>::new());
    check_found(&containers::image_problems(&shipped.replace("USER 65532:65532", "USER root")), "runs as root");
    check_found(&containers::image_problems(&shipped.replace("HEALTHCHECK", "LABEL")), "whether it is well");
    check_found(&containers::image_problems(&shipped.replace(":nonroot", "")), "names no version");
    check_found(&containers::image_problems(&shipped.replace("--locked ", "")), "lock file");
    check_found(&containers::image_problems(&format!("{shipped}RUN id\n")), "carries a shell");
}

#[test]
fn a_composition_with_a_hole_is_found() {
    let found = containers::composition_problems(&json!({
        "services": {
            "worker": { "command": ["work"], "environment": { "A": "postgres://a:b@c/d" }, "ports": ["1:1"] },
        },
        "networks": { "inside": {} },
    }));
    let words = [
        "keeps capabilities",
        "may gain",
        "open to the world",
        "write into",
        "as root",
        "a secret",
        "gateway-a is missing",
        "reaches the internet",
    ];
    for words in words {
        check_found(&found, words);
    }
}

#[test]
fn a_list_of_parts_that_misses_something_is_found() {
    check_found(&sbom::problems(&json!({})), "no CycloneDX");
    let list = json!({ "bomFormat": "CycloneDX", "components": [{ "name": "axum", "purl": "pkg:cargo/axum@0.8.9" }] });
    check_found(&sbom::problems(&list), "rustls is not on the list");
    check_found(&sbom::problems(&list), "has no licence");
}
