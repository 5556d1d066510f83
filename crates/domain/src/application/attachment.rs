//! Files that people hand in: nothing counts before it was looked at.

use super::{NoSuchStep, words};

words! {
    /// Where a file stands.
    AttachmentState {
        /// A place was made for it.
        Announced = "announced",
        /// Its bytes arrive.
        Uploading = "uploading",
        /// It is being looked at.
        Scanning = "scanning",
        /// It may be used.
        Clean = "clean",
        /// It carries something harmful; its bytes are gone.
        Infected = "infected",
        /// The look failed and will be repeated.
        ScanError = "scan_error",
        /// Its kind or size is not allowed.
        Rejected = "rejected",
    }
}

words! {
    /// The steps of a file.
    AttachmentStep {
        /// Bytes begin to arrive, or begin anew after a break.
        BeginUpload = "begin_upload",
        /// The last byte is there.
        FinishUpload = "finish_upload",
        /// Kind or size do not fit.
        Reject = "reject",
        /// Nothing was found.
        FindClean = "find_clean",
        /// Something was found.
        FindInfected = "find_infected",
        /// The scanner did not answer.
        FailScan = "fail_scan",
        /// The look is repeated.
        RetryScan = "retry_scan",
    }
}

impl AttachmentState {
    /// The state after `step`.
    ///
    /// # Errors
    /// [`NoSuchStep`] when the life cycle has none.
    pub const fn after(self, step: AttachmentStep) -> Result<Self, NoSuchStep> {
        use AttachmentState as S;
        use AttachmentStep as T;
        match (self, step) {
            (S::Announced | S::Uploading, T::BeginUpload) => Ok(S::Uploading),
            (S::Uploading, T::FinishUpload) | (S::ScanError, T::RetryScan) => Ok(S::Scanning),
            (S::Announced | S::Uploading | S::Scanning, T::Reject) => Ok(S::Rejected),
            (S::Scanning, T::FindClean) => Ok(S::Clean),
            (S::Scanning, T::FindInfected) => Ok(S::Infected),
            (S::Scanning, T::FailScan) => Ok(S::ScanError),
            (
                S::Announced | S::Uploading | S::Scanning | S::Clean | S::Infected | S::ScanError | S::Rejected,
                T::BeginUpload
                | T::FinishUpload
                | T::Reject
                | T::FindClean
                | T::FindInfected
                | T::FailScan
                | T::RetryScan,
            ) => Err(NoSuchStep { life: "a file", state: self.as_str(), step: step.as_str() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AttachmentState as S;
    use super::AttachmentStep as T;
    use crate::application::tests::check_all_pairs;

    #[test]
    fn every_pair_is_decided() {
        check_all_pairs(
            S::ALL,
            T::ALL,
            S::after,
            &[
                (S::Announced, T::BeginUpload, S::Uploading),
                (S::Announced, T::Reject, S::Rejected),
                (S::Uploading, T::BeginUpload, S::Uploading),
                (S::Uploading, T::FinishUpload, S::Scanning),
                (S::Uploading, T::Reject, S::Rejected),
                (S::Scanning, T::Reject, S::Rejected),
                (S::Scanning, T::FindClean, S::Clean),
                (S::Scanning, T::FindInfected, S::Infected),
                (S::Scanning, T::FailScan, S::ScanError),
                (S::ScanError, T::RetryScan, S::Scanning),
            ],
        );
    }
}
