//! From one version to the next: what changes, and what of a draft can come along.

use forms::{CompatClass, Definition, compat};

use crate::support::{Files, answers_of, changed, definition, evaluated, loads};

fn class(files: &Files) -> CompatClass {
    compat(&definition(), &loads(files).definition).class
}

fn with_field(required: &str) -> Definition {
    let field = format!(
        "key = \"main\"\ntype = \"bool\"\n\n[[steps.groups.fields]]\nkey = \"floor\"\ntype = \"int\"\nrequired = {required}"
    );
    let mut files = changed("form.toml", "key = \"main\"\ntype = \"bool\"", &field);
    files.insert(
        "texts/de.toml".into(),
        files["texts/de.toml"].replace("[field.residence]", "[field.residence]\nfloor = { label = \"Stockwerk\" }"),
    );
    loads(&files).definition
}

#[test]
fn a_change_has_the_class_of_its_deepest_part() {
    assert_eq!(compat(&definition(), &definition()).class, CompatClass::Same);
    assert_eq!(class(&changed("texts/de.toml", "Ihr Name", "Name")), CompatClass::TextOnly);
    assert_eq!(compat(&definition(), &with_field("false")).class, CompatClass::AdditiveOptional);
    assert_eq!(compat(&definition(), &with_field("true")).class, CompatClass::AdditiveRequired);
    assert_eq!(compat(&with_field("true"), &definition()).class, CompatClass::Removed);
    assert_eq!(class(&changed("form.toml", "type = \"licence_plate\"", "type = \"text\"")), CompatClass::Retyped);
    assert_eq!(class(&changed("tables/fee.U.csv", "30.70", "31.70")), CompatClass::RuleChanged);
    assert_eq!(
        class(&changed("service.toml", "sample_permille = 50", "sample_permille = 60")),
        CompatClass::RuleChanged
    );
    assert_eq!(class(&changed("form.toml", "max = 60000", "max = 70000")), CompatClass::AdditiveOptional);
    assert!(compat(&definition(), &with_field("true")).may_migrate());
    assert!(!compat(&with_field("true"), &definition()).may_migrate());
}

#[test]
fn what_fits_comes_along_and_what_does_not_is_named() {
    let old = definition();
    let answers = answers_of(&old, "refused.json");
    let same = answers.carry_over(&old, &with_field("false"));
    assert_eq!((same.dropped.len(), &same.answers), (0, &answers));
    let retyped = changed(
        "form.toml",
        "key = \"weight\"\ntype = \"int\"\nmin = 1\nmax = 60000",
        "key = \"weight\"\ntype = \"choice\"\noptions = [\"light\", \"heavy\"]",
    );
    let mut files = retyped;
    files.insert(
        "texts/de.toml".into(),
        files["texts/de.toml"].replace(
            "weight = {",
            "weight.option = { light = \"leicht\", heavy = \"schwer\" }\nweight.label = \"Gewicht\"\nweight.old = {",
        ),
    );
    files.insert(
        "tables/permit.U.csv".into(),
        files["tables/permit.U.csv"]
            .replace("vehicle.weight:int", "vehicle.weight:text")
            .replace("[1..60000]", "")
            .replace("<=3500", "\"\"\"light\"\"\"")
            .replace(">3500", "\"\"\"heavy\"\"\""),
    );
    let new = loads(&files).definition;
    let carried = answers.carry_over(&old, &new);
    let dropped: Vec<&str> = carried.dropped.iter().map(|dropped| dropped.path.as_str()).collect();
    assert_eq!(dropped, ["vehicle.weight"]);
    assert_eq!(carried.answers.rows("permits").len(), 2);
    assert!(evaluated(&new, &carried.answers).errors.iter().any(|error| error.path == "vehicle.weight"));
}
