//! Questions about what belongs to an application: letters, payments, files.

use gateway::graphql::{Relation, Row};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::asks_of_applications::{access, no_access};
use crate::files::{Begun, Stage};
use crate::town::{Caller, Town, key_id, no_such, office};

/// A file that does not exist.
fn no_file() -> String {
    "00000000000000000000000000000000".to_owned()
}

/// The question that reads it, if it is one of these.
pub(super) async fn of_papers(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let by_access = |begun: &Begun, operation: &str, selection: &str| {
        let query = format!("{operation}($a: ApplicationAccessInput!) {{ {}(access: $a) {selection} }}", row.field);
        let variables = |access: Value| json!({ "a": access });
        Ask::new(caller, &query, variables(access(row.way, begun, relation))).beside(variables(no_access(row.way)))
    };
    let ask = match row.field {
        "applicationLetters" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            by_access(&filed.begun, "query", "{ occasion }").finding("RECEIPT")
        }
        "applicationLetter" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let letter = town.letter(&filed).await;
            let query = "query($a: ApplicationAccessInput!, $l: ID!) {
                applicationLetter(access: $a, letterId: $l) { mediaType } }";
            let variables = |access: Value| json!({ "a": access, "l": letter });
            Ask::new(caller, query, variables(access(row.way, &filed.begun, relation)))
                .beside(variables(no_access(row.way)))
        }
        "applicationPayments" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            town.invoice(&filed.begun).await;
            by_access(&filed.begun, "query", "{ provider }").finding("INVOICE")
        }
        "casePayments" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            town.invoice(&filed.begun).await;
            let query = "query($id: ID!) { casePayments(case: $id) { provider } }";
            Ask::new(caller, query, json!({ "id": filed.id }))
                .finding("INVOICE")
                .beside(json!({ "id": no_such("Case") }))
        }
        "caseLetters" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let query = "query($id: ID!) { caseLetters(case: $id) { occasion } }";
            Ask::new(caller, query, json!({ "id": filed.id }))
                .finding("RECEIPT")
                .beside(json!({ "id": no_such("Case") }))
        }
        "caseLetter" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let letter = town.letter(&filed).await;
            let query = "query($id: ID!, $l: ID!) { caseLetter(case: $id, letterId: $l) { mediaType } }";
            Ask::new(caller, query, json!({ "id": filed.id, "l": letter }))
                .beside(json!({ "id": no_such("Case"), "l": letter }))
        }
        "upload" | "uploadDownload" | "uploadState" => {
            let (begun, file) = town.begun_with_file(caller, relation).await;
            let (operation, selection) = match row.field {
                "upload" => ("query", "{ fileId }"),
                "uploadDownload" => ("query", "{ address }"),
                _ => ("subscription", "{ fileId }"),
            };
            let query = format!(
                "{operation}($a: ApplicationAccessInput!, $f: String!) {{ {}(access: $a, fileId: $f) {selection} }}",
                row.field
            );
            let variables = |access: Value, file: &str| json!({ "a": access, "f": file });
            Ask::new(caller, &query, variables(access(row.way, &begun, relation), &file))
                .beside(variables(no_access(row.way), &no_file()))
        }
        "caseFileDownload" => {
            let (filed, file) = town.filed_with_file(caller, relation).await;
            let query = "query($c: ID!, $f: String!) { caseFileDownload(case: $c, fileId: $f) { address } }";
            Ask::new(caller, query, json!({ "c": filed.id, "f": file }))
                .finding(file)
                .beside(json!({ "c": no_such("Case"), "f": no_file() }))
        }
        "defectReport" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let number = town.plant_report(&filed).await;
            let query = "query($n: String!) { defectReport(number: $n) { number } }";
            Ask::new(caller, query, json!({ "n": number })).finding(number)
        }
        "reportsNear" | "officeReportsNear" => {
            town.no_reports().await;
            let filed = town.filed(caller, relation, Stage::Open).await;
            let number = town.plant_report(&filed).await;
            let place = json!({ "latitude": 52.37, "longitude": 9.7432 });
            let near = json!({ "service": key_id("Service", "mangel-melden"), "position": place });
            if row.field == "reportsNear" {
                let query = "query($n: ReportsNearInput!) { reportsNear(near: $n) { number } }";
                Ask::new(caller, query, json!({ "n": near })).finding(number)
            } else {
                let query =
                    "query($o: ID!, $n: ReportsNearInput!) { officeReportsNear(office: $o, near: $n) { caseId } }";
                let office = key_id("Office", office(relation));
                Ask::new(caller, query, json!({ "o": office, "n": near })).finding(filed.id)
            }
        }
        "verifyDocument" => {
            let filed = town.filed(caller, relation, Stage::Open).await;
            let query = "query($c: String!) { verifyDocument(code: $c) { issuedOn } }";
            Ask::new(caller, query, json!({ "c": town.verification_code(&filed).await })).finding("20")
        }
        _ => return None,
    };
    Some(ask)
}
