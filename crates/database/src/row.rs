//! One row of an answer, read by position or name.

use sea_orm::{QueryResult, TryGetable};

use crate::error::DatabaseError;

/// A row. Columns are read by name; a missing or mistyped column is an internal error, never a panic.
pub struct Row(pub(crate) QueryResult);

impl Row {
    /// Reads the column `name`.
    ///
    /// # Errors
    /// [`DatabaseError::Internal`] when the column is missing or of another type.
    pub fn get<T: TryGetable>(&self, name: &str) -> Result<T, DatabaseError> {
        self.0.try_get("", name).map_err(DatabaseError::from)
    }

    /// Reads the column at `index`, counted from 0; cheaper than by name in long answers.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn at<T: TryGetable>(&self, index: usize) -> Result<T, DatabaseError> {
        self.0.try_get_by_index(index).map_err(DatabaseError::from)
    }
}
