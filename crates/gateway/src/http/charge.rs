//! What a request costs its caller: which fields of the schema take from which budget, and the taking.

use async_graphql::{Name, Value, Variables, parser::types::Field};

use crate::{
    guard::Checked,
    http::{Admission, Caller, Door, Problem},
    limits::{Budget, Contact, Payer, Standing},
};

/// A mutation that takes from budgets. Each time the field stands at the root of an operation it takes once, whatever
/// name it is given there.
#[derive(Debug, Clone, Copy)]
pub struct FieldCharge {
    /// The field.
    pub field: &'static str,
    /// It costs nothing without this argument.
    pub only_with: Option<&'static str>,
    /// What it takes from.
    pub budgets: &'static [Budget],
    /// Where in the arguments the address or login stands that is counted too; the first that is there counts.
    pub contacts: &'static [&'static [&'static str]],
}

/// What one field of one operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Charged {
    budgets: &'static [Budget],
    contact: Option<Contact>,
}

impl Door {
    /// What the operation takes, before anything of it runs.
    pub(super) fn charges(
        &self,
        checked: &Checked,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Vec<Charged> {
        if self.limits.is_none() {
            return Vec::new();
        }
        let fields = checked.root_fields(operation_name);
        fields.into_iter().filter_map(|field| self.charge_of(field, variables)).collect()
    }

    fn charge_of(&self, field: &Field, variables: &Variables) -> Option<Charged> {
        let is_meant = |charge: &&FieldCharge| {
            charge.field == field.name.node.as_str()
                && charge.only_with.is_none_or(|name| argument(field, name, variables).is_some())
        };
        let charge = self.field_charges.iter().find(is_meant)?;
        let mut typed = charge.contacts.iter().filter_map(|path| text_at(field, path, variables));
        let contact = typed.find_map(|typed| Contact::new(&typed, &self.blind));
        Some(Charged { budgets: charge.budgets, contact })
    }

    /// Takes for a request that arrived, before it is read.
    ///
    /// # Errors
    /// `RATE_LIMITED`
    pub(super) fn charge_request(&self, payer: &Payer) -> Result<(), Problem> {
        let Some(limits) = &self.limits else { return Ok(()) };
        Ok(limits.charge(Budget::Requests, 1, payer)?)
    }

    /// Takes for an application that is handed in beside GraphQL.
    ///
    /// # Errors
    /// `RATE_LIMITED`
    pub(super) fn charge_submission(&self, payer: &Payer) -> Result<(), Problem> {
        let Some(limits) = &self.limits else { return Ok(()) };
        Ok(limits.charge(Budget::Bookings, 1, payer)?)
    }

    /// Takes for what an operation does.
    ///
    /// # Errors
    /// `RATE_LIMITED`
    pub(super) fn charge_fields(&self, payer: &Payer, charges: &[Charged]) -> Result<(), Problem> {
        let Some(limits) = &self.limits else { return Ok(()) };
        for charged in charges {
            let payer = Payer { contact: charged.contact, ..*payer };
            charged.budgets.iter().try_for_each(|budget| limits.charge(*budget, 1, &payer))?;
        }
        Ok(())
    }

    /// Whoever presented many forgeries lately pays before the next one is looked at: looking costs us a query.
    ///
    /// # Errors
    /// `RATE_LIMITED`
    pub(super) fn before_looking(&self, caller: &Caller) -> Result<(), Problem> {
        let network = caller.payer(&Admission::default());
        let suspicious = self.limits.as_ref().is_some_and(|limits| limits.is_spent(Budget::Forgeries, &network));
        if suspicious { self.charge_request(&network) } else { Ok(()) }
    }

    /// Takes for a request whose token or session was looked at. One that was none is paid by the network.
    ///
    /// # Errors
    /// `RATE_LIMITED`, or what the doorkeeper said.
    pub(super) fn after_looking(
        &self,
        caller: &Caller,
        looked: Result<Admission, Problem>,
    ) -> Result<Admission, Problem> {
        let admission = looked.as_ref().copied().unwrap_or_default();
        if admission.standing == Standing::Nobody
            && let Some(limits) = &self.limits
        {
            // Spent or not, the next look asks.
            let _ = limits.charge(Budget::Forgeries, 1, &caller.payer(&admission));
        }
        self.charge_request(&caller.payer(&admission))?;
        looked
    }
}

fn text_at(field: &Field, path: &[&str], variables: &Variables) -> Option<String> {
    let (first, rest) = path.split_first()?;
    let mut value = argument(field, first, variables)?;
    for name in rest {
        let Value::Object(mut fields) = value else { return None };
        value = fields.swap_remove(*name)?;
    }
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn argument(field: &Field, name: &str, variables: &Variables) -> Option<Value> {
    let given = field.get_argument(name)?.node.clone();
    let known = |name: Name| Ok::<_, std::convert::Infallible>(variables.get(&name).cloned().unwrap_or_default());
    given.into_const_with(known).ok().filter(|value| *value != Value::Null)
}
