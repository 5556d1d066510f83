//! Checking a whole city directory: every file, then what the files say about each other.

use std::collections::{BTreeMap, BTreeSet};

use domain::account::AccountSeed;
use domain::city::City;
use domain::identifier::Key;

use crate::layout::{CityFile, Layout};
use crate::read::{self, Names};
use crate::served;
use reading::{Notice, Problem, Source, Table};

/// A city that may be loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The city.
    pub city: City,
    /// What is allowed and probably not meant.
    pub notices: Vec<Notice>,
}

/// Checks the files of a city directory.
///
/// # Errors
/// Every problem of every file, ordered by file, line and column. Never panics, whatever the files hold.
pub fn check(files: &[CityFile]) -> Result<Checked, Vec<Problem>> {
    let (layout, mut problems) = Layout::of(files);
    let city = city(&layout, &mut problems);
    match city {
        Some(city) if problems.is_empty() => {
            let notices = served::notices(&city);
            Ok(Checked { city, notices })
        }
        _ => {
            problems.sort_by(|a, b| (&a.file, a.line, a.column, &a.key).cmp(&(&b.file, b.line, b.column, &b.key)));
            Err(problems)
        }
    }
}

fn city(layout: &Layout<'_>, problems: &mut Vec<Problem>) -> Option<City> {
    let municipality = layout.municipality.and_then(|file| Source::read(file, problems, read::municipality));
    let districts = optional_file(layout.districts, problems, |table| Some(read::districts(table)));
    let names = Names {
        offices: layout.offices.iter().map(|(key, _)| key.clone()).collect(),
        services: layout.services.iter().map(|(key, _)| key.clone()).collect(),
        districts: districts.as_ref().map(|all| all.iter().map(|district| district.number).collect::<BTreeSet<u16>>()),
    };
    let closures = optional_file(layout.closures, problems, |table| Some(read::closures(table)));
    let offices = keyed(&layout.offices, problems, |table, key| read::office(table, key, &names));
    let services = keyed(&layout.services, problems, read::service);
    let accounts = accounts(layout, &names, problems);
    Some(City {
        municipality: municipality?,
        districts: districts?,
        offices,
        services,
        closures: closures?,
        accounts: accounts?,
    })
}

/// A file that may be missing; then there is nothing of what it lists.
fn optional_file<T: Default>(
    file: Option<&CityFile>,
    problems: &mut Vec<Problem>,
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Option<T> {
    match file {
        Some(file) => Source::read(file, problems, read),
        None => Some(T::default()),
    }
}

fn keyed<T>(
    files: &[(Key, &CityFile)],
    problems: &mut Vec<Problem>,
    read: impl Fn(&Table<'_>, &Key) -> Option<T>,
) -> BTreeMap<Key, T> {
    files
        .iter()
        .filter_map(|(key, file)| Some((key.clone(), Source::read(file, problems, |table| read(table, key))?)))
        .collect()
}

fn accounts(layout: &Layout<'_>, names: &Names, problems: &mut Vec<Problem>) -> Option<Vec<AccountSeed>> {
    let Some(file) = layout.accounts else {
        problems.extend(layout.passwords.iter().map(|file| read::unnamed_password(file)));
        return Some(Vec::new());
    };
    let (accounts, unused) =
        Source::read(file, problems, |table| Some(read::accounts(table, names, &layout.passwords)))?;
    problems.extend(unused.into_iter().map(read::unnamed_password));
    Some(accounts)
}
