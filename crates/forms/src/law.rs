//! The law gate: a definition that a statute forbids is refused, with the paragraph.

use domain::law::{LegalBasis, lets_a_machine_decide};
use reading::{Code, Problem};

use crate::model::{AutomationDegree, Model, Sensitivity};
use crate::read::Places;

/// What allows and limits full automation.
const PARAGRAPH: &str = "§ 35a VwVfG";

/// Refuses what the law forbids, each with its paragraph, at the key that has to change.
pub(crate) fn check(model: &Model, places: &Places, problems: &mut Vec<Problem>) {
    let service = &model.service;
    let mut refuse = |place: &str, paragraph: &str, message: &str| {
        problems.push(places.of(place).problem(Code::AgainstTheLaw, format!("{message} ({paragraph})")));
    };
    let bases: Vec<&LegalBasis> = service.legal_basis.iter().filter(|basis| !basis.is_blank()).collect();
    if bases.is_empty() {
        refuse(
            "service.legal_basis",
            "Article 6 (1) (e), (3) GDPR",
            "nothing may be asked without a legal basis; name the statute in legal_basis",
        );
    }
    if service.channels.is_empty() {
        refuse(
            "service.channels",
            "§ 1a (1) OZG, § 10 VwVfG",
            "name the ways to apply in channels; online is one, another stays open",
        );
    }
    if service.channels.len() == 1 {
        refuse("service.channels", "§ 1a (1) OZG", "the online way is an offer; a second way to apply must stay open");
    }
    automation(model, &bases, &mut refuse);
    if let Some(fiction) = &service.fiction
        && fiction.legal_basis.is_blank()
    {
        refuse(
            "service.fiction",
            "§ 42a (1) VwVfG",
            "silence means consent only where a statute orders it; name it in legal_basis",
        );
    }
    let fee_basis = service.fee.as_ref().map(|fee| fee.legal_basis.as_ref().is_some_and(|basis| !basis.is_blank()));
    if fee_basis == Some(false) {
        refuse(
            "service.fee",
            "Article 20 (3) GG",
            "a fee is taken only on the basis of a statute or by-law; name it in legal_basis",
        );
    }
    for (group, field) in model.form.fields() {
        let special = field.sensitivity == Sensitivity::Special;
        let allowed = bases.iter().any(|basis| {
            let text = basis.0.replace(' ', "").to_lowercase();
            text.contains("art.9") || text.contains("article9") || text.contains("artikel9")
        });
        if special && !allowed {
            let place = format!("field.{}.{}", group.key, field.key);
            refuse(
                &place,
                "Article 9 (2) GDPR",
                "a special category of data needs its own basis; name Art. 9 in legal_basis, with the statute",
            );
        }
    }
}

fn automation(model: &Model, governing: &[&LegalBasis], refuse: &mut impl FnMut(&str, &str, &str)) {
    let automation = &model.service.automation;
    match automation.degree {
        AutomationDegree::None | AutomationDegree::Assist | AutomationDegree::FourEyes => return,
        AutomationDegree::Full => {}
    }
    let place = "service.automation";
    if automation.discretion {
        refuse(
            place,
            PARAGRAPH,
            "a machine cannot decide alone where an official has discretion or room for assessment; set discretion = false only if the statute leaves none",
        );
    }
    match automation.legal_basis.as_ref().filter(|basis| !basis.is_blank()) {
        None => refuse(
            place,
            PARAGRAPH,
            "a machine decides alone only where a statute allows it; name it in legal_basis or choose `assist`",
        ),
        Some(basis) if !governing.iter().any(|governs| lets_a_machine_decide(basis, governs)) => {
            refuse(
                place,
                PARAGRAPH,
                &format!(
                    "`{}` is not known to let a machine decide alone; known are § 46 (5) StVO, § 6g (2) StVG, § 49 (2) BMG, § 31a SGB X, § 155 (4) AO and a section of the city's own by-law in its own matters",
                    reading::visible(&basis.0, 100)
                ),
            );
        }
        Some(_) => {}
    }
    if model.service.decision.is_none() {
        refuse(place, "§ 39 (1) VwVfG", "a decision needs reasons; name the table that decides in [decision]");
    }
    let decision = model.service.decision.as_ref().map(|rule| rule.table.as_str());
    let silent = model.tables.values().filter(|table| decision == Some(table.key.as_str()));
    for table in silent {
        for (row, _) in
            table.rows.iter().enumerate().filter(|(_, row)| row.reason_key.is_none() || row.legal_ref.is_none())
        {
            let message = format!(
                "row {} of the deciding table has no reason_key or no legal_ref; every automatic decision is explained row by row",
                row + 1
            );
            refuse(&format!("table.{}", table.full_key()), "§ 39 (1) VwVfG", &message);
        }
    }
}
