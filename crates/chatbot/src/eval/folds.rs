//! How well the classifier judges texts it has not seen: each fifth of them by one that learnt from the others.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::eval::Share;
use crate::learn::{Classifier, Example, Judged, Label, Matter, Verdict};

/// Into so many parts the texts are cut.
pub const FOLDS: usize = 5;
/// Bounds that are tried.
const BOUNDS: [f32; 9] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// Judges every example by a classifier that has not seen it, and prints what came out.
pub fn folds(examples: &[Example<'_>]) -> String {
    let mut judged: Vec<(Label, Judged)> = Vec::new();
    for fold in 0..FOLDS {
        let is_held = |place: usize| place % FOLDS == fold;
        let others = examples.iter().enumerate().filter(|(place, _)| !is_held(*place));
        let classifier = Classifier::learn(&others.map(|(_, example)| example.clone()).collect::<Vec<_>>());
        let held = examples.iter().enumerate().filter(|(place, _)| is_held(*place));
        judged.extend(held.map(|(_, example)| (example.label, classifier.judge(&example.text))));
    }
    let mut text = by_label(&judged, Matter::Clear);
    text += &by_label(&judged, Matter::Open);
    text += &by_bound(&judged);
    text
}

/// How probable a kind is.
type Score = fn(&Judged) -> f32;

fn group(label: Label) -> &'static str {
    match label {
        Label::Service => "service",
        Label::Crisis | Label::Violence | Label::Danger => "emergency",
        Label::Insult | Label::Threat | Label::Crime => "abuse",
        Label::Injection => "injection",
        Label::OutOfScope => "out_of_scope",
        Label::Smalltalk => "smalltalk",
        Label::Act(_) => "action",
    }
}

fn given(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Emergency(_) => "emergency",
        Verdict::Abuse(_) => "abuse",
        Verdict::Injection => "injection",
        Verdict::OutOfScope => "out_of_scope",
        Verdict::Smalltalk => "smalltalk",
        Verdict::Open => "open",
    }
}

const GIVEN: [&str; 7] = ["emergency", "abuse", "injection", "action", "out_of_scope", "smalltalk", "open"];

/// What each kind of text was taken for if a service is clear or none is; a wrong action counts as `open`.
fn by_label(judged: &[(Label, Judged)], matter: Matter) -> String {
    let mut rows: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (label, judged) in judged {
        let given = match (judged.verdict(matter), judged.wish(&[], matter)) {
            (Verdict::Open, Some(action)) if Label::Act(action) == *label || group(*label) != "action" => "action",
            (verdict, _) => given(verdict),
        };
        *rows.entry(group(*label)).or_default().entry(given).or_default() += 1;
    }
    let mut text =
        format!("\n{matter:?}\n\n| kind | n | {} |\n|---|---|{}\n", GIVEN.join(" | "), "---|".repeat(GIVEN.len()));
    for (kind, counts) in rows {
        let all: usize = counts.values().sum();
        let share = |given| Share { right: counts.get(given).copied().unwrap_or(0) as f64, all };
        let cells = GIVEN.map(|given| format!("{:.4}", share(given).value().unwrap_or_default()));
        let _ = writeln!(text, "| {kind} | {all} | {} |", cells.join(" | "));
    }
    text
}

/// For each bound: which share of a kind reaches it, and which share of questions of ours does by mistake.
fn by_bound(judged: &[(Label, Judged)]) -> String {
    let scores: [(&str, Score); 6] = [
        ("emergency", |judged| judged.alarms()[0]),
        ("injection", |judged| judged.alarms()[1]),
        ("abuse", |judged| judged.alarms()[2]),
        ("action", |judged| judged.action().1),
        ("out_of_scope", |judged| judged.share(Label::OutOfScope)),
        ("smalltalk", |judged| judged.share(Label::Smalltalk)),
    ];
    let mut text = "\n| bound | kind | found | of our questions |\n|---|---|---|---|\n".to_owned();
    for (kind, score) in scores {
        for bound in BOUNDS {
            let (mut found, mut wrong) = (Share::default(), Share::default());
            for (label, judged) in judged {
                let reaches = if score(judged) >= bound { 1.0 } else { 0.0 };
                match group(*label) {
                    group if group == kind => found.count(reaches),
                    "service" => wrong.count(reaches),
                    _ => {}
                }
            }
            let (found, wrong) = (found.value().unwrap_or_default(), wrong.value().unwrap_or_default());
            let _ = writeln!(text, "| {bound:.2} | {kind} | {found:.3} | {wrong:.4} |");
        }
    }
    text
}
