//! `districts.toml`: the districts with inhabitants and a point on the map.

use domain::geography::District;

use reading::{Node, Table, Unique};

pub(crate) fn districts(table: &Table<'_>) -> Vec<District> {
    let mut numbers = Unique::default();
    let mut districts = table.list("districts", 1_000, |node| district(node, &mut numbers));
    districts.sort_by_key(|district| district.number);
    districts
}

fn district(node: &Node<'_>, numbers: &mut Unique) -> Option<District> {
    node.table(|table| {
        let number = table.required("number", |node| {
            let number = node.integer(1..=9_999)?;
            numbers.note(node, &number);
            Some(number)
        });
        let name = table.required("name", |node| node.line(200));
        let inhabitants = table.required("inhabitants", |node| node.integer(0..=50_000_000));
        let inhabitants_as_of = table.required("inhabitants_as_of", |node| node.line(100));
        let position = table.optional("position", Node::position);
        let quarters = table.list("quarters", 200, |node| node.line(200));
        let provenance = table.required("provenance", Node::provenance);
        Some(District {
            number: number?,
            name: name?,
            inhabitants: inhabitants?,
            inhabitants_as_of: inhabitants_as_of?,
            position,
            quarters,
            provenance: provenance?,
        })
    })
}
