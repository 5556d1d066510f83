//! A text as hashes: its words, its pairs of words and the pieces of its words.

use crate::text::plain_umlauts;

/// More words of a text are not looked at.
const MOST_WORDS: usize = 60;
/// What two words beside each other count beside a word.
const PAIR: f32 = 0.8;
/// And two words that mean something, with small ones between them.
const MEANT_PAIR: f32 = 0.8;
/// And a piece of a word.
const PIECE: f32 = 0.4;
/// How many signs a piece has, borders of the word included.
const PIECE_SIGNS: usize = 4;
/// This bit of a hash says that it is a piece.
pub(super) const A_PIECE: u32 = 1;

/// What a hash was made from, so that a word and its piece differ.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Border = 1,
    Word = 2,
    Piece = 3,
}

/// The features of folded words with their values, each once, by hash. Small words count whole, but not in pieces: "for my
/// daughter" and "for me" differ in them alone.
pub(super) fn features(words: &[&str], is_small: &dyn Fn(&str) -> bool) -> Vec<(u32, f32)> {
    let mut all: Vec<(u32, f32)> = Vec::with_capacity(96);
    let border = hash(" ".chars(), Kind::Border);
    let (mut before, mut meant_before) = (border, border);
    let mut signs: Vec<char> = Vec::new();
    for word in words.iter().take(MOST_WORDS) {
        let plain = plain_umlauts(word);
        let own = hash(plain.chars(), Kind::Word);
        all.push((short(own) & !A_PIECE, 1.0));
        all.push((short(before.rotate_left(5) ^ own) & !A_PIECE, PAIR));
        before = own;
        if is_small(word) {
            continue;
        }
        all.push((short(meant_before.rotate_left(11) ^ own) & !A_PIECE, MEANT_PAIR));
        meant_before = own;
        signs.clear();
        signs.push(' ');
        signs.extend(plain.chars());
        signs.push(' ');
        let pieces = signs.windows(PIECE_SIGNS.min(signs.len()));
        all.extend(pieces.map(|piece| (short(hash(piece.iter().copied(), Kind::Piece)) | A_PIECE, PIECE)));
    }
    all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    all.dedup_by_key(|(hash, _)| *hash);
    all
}

/// FNV-1a over the signs: the same on every machine and release.
fn hash(signs: impl Iterator<Item = char>, kind: Kind) -> u64 {
    let step = |hash: u64, sign: u64| (hash ^ sign).wrapping_mul(0x0100_0000_01b3);
    signs.map(|sign| u64::from(u32::from(sign))).fold(step(0xcbf2_9ce4_8422_2325, kind as u64), step)
}

/// Half of a hash, mixed, because the halves of FNV differ little for short words. Two features that share one blur each other.
fn short(hash: u64) -> u32 {
    ((hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32
}
