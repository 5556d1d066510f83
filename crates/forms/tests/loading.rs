//! The definition of the tests is loaded, evaluated and stored.

mod support;

#[test]
fn the_definition_of_the_tests_is_in_order() {
    let loaded = support::loaded();
    assert_eq!(loaded.definition.key(), "bewohnerparken");
}
