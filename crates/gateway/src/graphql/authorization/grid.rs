//! One row's decisions: for each kind of asker, what comes of asking for one's own things, others' and other offices'.

use domain::permission::Role;

/// Who asks, in the order in which a grid is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asker {
    /// Somebody who has not signed in.
    Visitor,
    /// An account of this role.
    Account(Role),
}

/// Whose thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The asker's own: booked by the account, or opened by the code in hand. Also where it is nobody's.
    Own,
    /// Somebody else's, in the asker's office; for whoever has no office, in any.
    Another,
    /// Somebody else's, in another office.
    OtherOffice,
}

/// What comes of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is done or shown.
    Allowed,
    /// The thing is shown, this field of it is null.
    Withheld,
    /// The same answer, byte for byte, as for a thing that does not exist.
    NotFound,
    /// Refused with the code `FORBIDDEN`.
    Forbidden,
    /// Refused because nobody is signed in.
    NotSignedIn,
    /// Refused because nobody does this to their own account or case.
    OwnAccount,
    /// There is no such case.
    NotApplicable,
}

/// The decisions of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid([[Decision; 3]; 6]);

impl Asker {
    /// All, in the order in which a grid is written.
    pub const ALL: [Self; 6] = [
        Self::Visitor,
        Self::Account(Role::Citizen),
        Self::Account(Role::Clerk),
        Self::Account(Role::Lead),
        Self::Account(Role::Operator),
        Self::Account(Role::Device),
    ];
}

impl Relation {
    /// All, in the order in which a grid is written.
    pub const ALL: [Self; 3] = [Self::Own, Self::Another, Self::OtherOffice];
}

impl Decision {
    /// The sign of a decision in a grid.
    pub const fn sign(self) -> char {
        match self {
            Self::Allowed => '+',
            Self::Withheld => 'x',
            Self::NotFound => '0',
            Self::Forbidden => '!',
            Self::NotSignedIn => '?',
            Self::OwnAccount => 's',
            Self::NotApplicable => '.',
        }
    }

    const fn of_sign(sign: u8) -> Self {
        match sign {
            b'+' => Self::Allowed,
            b'x' => Self::Withheld,
            b'0' => Self::NotFound,
            b'!' => Self::Forbidden,
            b'?' => Self::NotSignedIn,
            b's' => Self::OwnAccount,
            b'.' => Self::NotApplicable,
            _ => panic!("a grid is made of + x 0 ! ? s ."),
        }
    }
}

impl Grid {
    /// Reads a grid: a word for each asker, a sign for each relation; a word of one sign where it concerns nobody's
    /// thing. A constant that is none does not compile.
    pub(super) const fn read(text: &str) -> Self {
        let signs = text.as_bytes();
        let mut grid = [[Decision::NotApplicable; 3]; 6];
        let (mut at, mut asker) = (0, 0);
        while asker < 6 {
            let mut relation = 0;
            while at < signs.len() && signs[at] != b' ' {
                grid[asker][relation] = Decision::of_sign(signs[at]);
                relation += 1;
                at += 1;
            }
            assert!(relation == 1 || relation == 3, "a word of a grid has one sign or three");
            assert!((at < signs.len()) == (asker < 5), "a grid has six words");
            at += 1;
            asker += 1;
        }
        Self(grid)
    }

    /// Every cell.
    pub fn cells(&self) -> impl Iterator<Item = (Asker, Relation, Decision)> {
        let grid = self.0;
        Asker::ALL.into_iter().zip(grid).flat_map(|(asker, decisions)| {
            Relation::ALL.into_iter().zip(decisions).map(move |(relation, decision)| (asker, relation, decision))
        })
    }

    /// The grid with another decision in one cell.
    #[must_use]
    pub fn with(&self, asker: Asker, relation: Relation, decision: Decision) -> Self {
        let mut grid = self.0;
        let asker = Asker::ALL.iter().position(|one| *one == asker);
        let relation = Relation::ALL.iter().position(|one| *one == relation);
        if let (Some(asker), Some(relation)) = (asker, relation) {
            grid[asker][relation] = decision;
        }
        Self(grid)
    }

    /// The words of the grid, one for each asker, as they are written.
    pub(super) fn words(&self) -> [String; 6] {
        self.0.map(|decisions| {
            let word: String = decisions.map(Decision::sign).iter().collect();
            word.strip_suffix("..").filter(|sign| *sign != ".").map_or(word.clone(), str::to_owned)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_read_as_it_is_written() {
        let grid = Grid::read("! +00 ++0 ++! sxx ?");
        assert_eq!(grid.words(), ["!", "+00", "++0", "++!", "sxx", "?"]);
        let cells: Vec<_> = grid.cells().collect();
        assert_eq!(cells.len(), 18);
        assert_eq!(cells[0], (Asker::Visitor, Relation::Own, Decision::Forbidden));
        assert_eq!(cells[1].2, Decision::NotApplicable);
        assert_eq!(cells[8], (Asker::Account(Role::Clerk), Relation::OtherOffice, Decision::NotFound));
    }
}
