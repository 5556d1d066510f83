//! Several matters in one message: cut at ends of sentences, commas and words such as "and", each piece looked up by itself.

use std::collections::BTreeMap;

use crate::index::{Index, Ranking, Scored, Target};
use crate::language::ChatLanguage;
use crate::rules;
use crate::text::fold;

/// More pieces than this are one long story.
const MOST_PIECES: usize = 8;
/// A piece stands for a matter of its own if its best target scores at least so much.
const OWN_MATTER: f32 = 0.30;
/// What a piece's score counts beside that of the whole message.
const PIECE: f32 = 0.6;
/// What a matter of its own gains against what the whole message is near to.
const MATTER_BONUS: f32 = 0.1;
/// And if it is so much better than the next one.
const OWN_MARGIN: f32 = 0.02;

/// The pieces of a normalised text, in order; one piece if nothing divides it.
pub(super) fn segments(text: &str, language: ChatLanguage) -> Vec<String> {
    let dividers: Vec<String> = rules::of(language).split.iter().map(|word| fold(word)).collect();
    let mut pieces: Vec<String> = vec![String::new()];
    for token in text.split(' ') {
        let bare = fold(token.trim_matches(|sign: char| !sign.is_alphanumeric()));
        let piece = if dividers.contains(&bare) {
            pieces.push(String::new());
            continue;
        } else {
            pieces.last_mut()
        };
        if let Some(piece) = piece {
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(token);
        }
        let numbered = token.len() <= 3 && token.starts_with(|sign: char| sign.is_ascii_digit());
        if token.ends_with([',', '.', '?', '!', ';', ':', '،', '؟', '؛', '+', '/']) && !numbered {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| piece.chars().filter(|sign| sign.is_alphabetic()).count() >= 3);
    pieces.truncate(MOST_PIECES);
    pieces
}

/// The ranking of the whole message with the matters of its pieces in front, and how many matters there are.
pub(super) fn with_matters(index: &Index, text: &str, language: ChatLanguage, whole: &Ranking) -> (Vec<Scored>, usize) {
    let pieces = segments(text, language);
    if pieces.len() < 2 {
        return (whole.best.clone(), 1);
    }
    let rankings: Vec<Ranking> = pieces.iter().map(|piece| index.rank(piece, language)).collect();
    let mut own: Vec<Scored> = Vec::new();
    for ranking in &rankings {
        let Some(best) = ranking.best.first() else { continue };
        let margin = best.score - ranking.best.get(1).map_or(0.0, |next| next.score);
        let is_matter = best.score >= OWN_MATTER && (margin >= OWN_MARGIN || whole_agrees(whole, best));
        let is_service = matches!(index.target(best.target), Target::Service(_));
        if is_matter && is_service && !own.iter().any(|known| known.target == best.target) {
            own.push(*best);
        }
    }
    if own.len() < 2 {
        return (lifted(whole, &rankings), 1);
    }
    let matters = own.len();
    let mut all = lifted(whole, &rankings);
    for scored in &mut all {
        if own.iter().any(|matter| matter.target == scored.target) {
            scored.score += MATTER_BONUS;
        }
    }
    sort(&mut all);
    // What is nearest to the message as a whole stays first; behind it each matter has its place.
    let top = all.first().map(|scored| scored.target);
    all.sort_by_key(|scored| Some(scored.target) != top && !own.iter().any(|matter| matter.target == scored.target));
    (all, matters)
}

fn whole_agrees(whole: &Ranking, best: &Scored) -> bool {
    whole.best.iter().take(5).any(|scored| scored.target == best.target)
}

/// The whole message's ranking, with what a single piece says clearly: stories hide the matter in one clause.
fn lifted(whole: &Ranking, pieces: &[Ranking]) -> Vec<Scored> {
    let mut best: BTreeMap<usize, Scored> = whole.best.iter().map(|scored| (scored.target, *scored)).collect();
    for scored in pieces.iter().flat_map(|ranking| &ranking.best) {
        let score = PIECE * scored.score;
        let entry = best.entry(scored.target).or_insert(Scored { score, ..*scored });
        entry.score = entry.score.max(score);
    }
    let mut all: Vec<Scored> = best.into_values().collect();
    sort(&mut all);
    all
}

fn sort(all: &mut [Scored]) {
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
}
