//! A message as numbers: its words, its pairs of words and the pieces of its words.

use crate::text::{fold, plain_umlauts, words};

/// How many places there are for features; two that share one blur each other, they break nothing.
pub(super) const PLACES: usize = 1 << 16;
/// More words of a message are not looked at.
const MOST_WORDS: usize = 60;
/// What a pair of words counts beside a word.
const PAIR: f32 = 0.9;
/// And two words with one between them.
const APART: f32 = 0.7;
/// And a piece of one.
const PIECE: f32 = 0.5;

/// And what every message has.
const ALWAYS: f32 = 1.0;

/// Places with their values; the length of the whole is 1.
pub(super) type Features = Vec<(u32, f32)>;

/// The features of a text, each place once.
pub(super) fn features(text: &str) -> Features {
    let plain = plain_umlauts(&fold(text));
    let mut words = words(&plain);
    words.truncate(MOST_WORDS);
    let mut all: Features = Vec::with_capacity(64);
    let mut add = |hash: u64, value: f32| all.push((place(hash), value));
    let (mut before, mut further) = (hash(b"^", 1), None);
    let mut signs: Vec<u8> = Vec::new();
    let mut ends: Vec<usize> = Vec::new();
    for word in &words {
        let own = hash(word.as_bytes(), 2);
        add(own, 1.0);
        add(before.rotate_left(5) ^ own, PAIR);
        if let Some(further) = further.replace(before) {
            let further: u64 = further;
            add(further.rotate_left(11) ^ own, APART);
        }
        before = own;
        signs.clear();
        signs.push(b' ');
        signs.extend(word.as_bytes());
        signs.push(b' ');
        ends.clear();
        ends.extend((0..signs.len()).filter(|at| signs[*at] & 0xc0 != 0x80));
        ends.push(signs.len());
        for length in 3..=5 {
            for window in ends.windows(length + 1) {
                add(hash(&signs[window[0]..window[length]], 3), PIECE);
            }
        }
    }
    add(before.rotate_left(5) ^ hash(b"$", 2), PAIR);
    // What is always there: of a message that nobody understands it says what most messages are.
    add(hash(&[], 5), ALWAYS);
    // How long a message is tells something, too: a search has two words, a cry for help a sentence.
    add(hash(&[words.len().min(9) as u8], 4), PAIR);
    all.sort_unstable_by_key(|(place, _)| *place);
    all.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.max(next.1);
        }
        same
    });
    let length = all.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in &mut all {
        *value /= length;
    }
    all
}

/// FNV-1a: the same on every machine and release.
fn hash(bytes: &[u8], kind: u8) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    std::iter::once(&kind).chain(bytes).fold(0xcbf2_9ce4_8422_2325, step)
}

fn place(hash: u64) -> u32 {
    ((hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as u32 % PLACES as u32
}
