//! Which deliveries are meant: by a list, by an export of it, by a replay of it. One filter for all of them, so that what
//! is seen is what is sent again.

use super::alert_type::AlertType;
use super::delivery::{State, Trigger};
use super::delivery_result::ResultKind;
use super::ids::{AlertId, DeliveryId, ReplayId, WebhookId};
use super::time::Timestamp;

/// Deliveries that can be chosen by their numbers, at most: more than a page of the list has.
pub const CHOSEN_MAX: usize = 50;

/// What the meant deliveries have in common. Everything that is given has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// These alone, at most [`CHOSEN_MAX`]; empty means all.
    pub only: Vec<DeliveryId>,
    /// Any of these states; empty means all.
    pub states: Vec<State>,
    /// One webhook.
    pub webhook: Option<WebhookId>,
    /// Those that a replay made.
    pub replay: Option<ReplayId>,
    /// One type of alert.
    pub alert_type: Option<AlertType>,
    /// One alert.
    pub alert: Option<AlertId>,
    /// The name of a vehicle, in any letter case.
    pub vehicle: Option<String>,
    /// What it came to.
    pub result: Option<ResultKind>,
    /// As many attempts or more.
    pub attempts_min: Option<i32>,
    /// A last attempt that took as long or longer, milliseconds.
    pub duration_min_ms: Option<i64>,
    /// What made it.
    pub trigger: Option<Trigger>,
    /// Made at this time or later …
    pub from: Option<Timestamp>,
    /// … and before this one.
    pub to: Option<Timestamp>,
}

impl Filter {
    /// Whether a delivery in this state, made at that time, is meant; everything else is right.
    pub fn covers(&self, state: State, created_at: Timestamp) -> bool {
        self.possible().contains(&state)
            && self.from.is_none_or(|from| from <= created_at)
            && self.to.is_none_or(|to| created_at < to)
    }

    /// Whether this delivery may be meant, going by its number alone.
    pub fn admits(&self, id: DeliveryId) -> bool {
        self.only.is_empty() || self.only.contains(&id)
    }

    /// The numbers of chosen deliveries after `after` and up to `upto`, the lowest first; none when none were chosen.
    pub fn chosen(&self, after: i64, upto: i64) -> Vec<i64> {
        let mut ids: Vec<i64> =
            self.only.iter().map(|id| id.0).filter(|id| *id > after && *id <= upto).collect();
        ids.sort_unstable();
        ids
    }

    /// The states that a meant delivery can be in; none when the filter contradicts itself.
    pub fn possible(&self) -> Vec<State> {
        let of_result = self.result.map_or(&State::ALL[..], ResultKind::states);
        let is_chosen = |state: &&State| self.states.is_empty() || self.states.contains(state);
        of_result.iter().filter(is_chosen).copied().collect()
    }

    /// Whether anything is asked for that no index of deliveries knows: rows have to be looked at. (The vehicle has an
    /// index; it is among events. Chosen ones are few.)
    pub fn has_more_than_indexes_know(&self) -> bool {
        !self.only.is_empty()
            || self.alert_type.is_some()
            || self.alert.is_some()
            || self.vehicle.is_some()
            || self.result.is_some()
            || self.attempts_min.is_some()
            || self.duration_min_ms.is_some()
            || self.trigger.is_some()
    }

    /// The same with other states.
    #[must_use]
    pub fn of_states(&self, states: &[State]) -> Self {
        Self { states: states.to_vec(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::NotSent;

    #[test]
    fn the_beginning_counts_and_the_end_does_not() {
        let at = Timestamp::from_seconds;
        let filter =
            Filter { states: vec![State::Failed], from: Some(at(10)), to: Some(at(20)), ..Filter::default() };
        assert!(filter.covers(State::Failed, at(10)) && filter.covers(State::Failed, at(19)));
        assert!(!filter.covers(State::Failed, at(9)) && !filter.covers(State::Failed, at(20)));
        assert!(!filter.covers(State::Delivered, at(15)));
        assert!(Filter::default().covers(State::Queued, at(0)));
    }

    #[test]
    fn a_result_says_which_states_are_possible() {
        let of = |states: &[State], result| {
            Filter { result: Some(result), ..Filter::default() }.of_states(states).possible()
        };
        assert_eq!(of(&[], ResultKind::Success), [State::Delivered]);
        assert_eq!(of(&[State::Failed, State::Delivered], ResultKind::Http5xx), [State::Failed]);
        assert_eq!(of(&[State::Failed], ResultKind::NotSent(NotSent::NoLink)), []);
        assert_eq!(Filter::default().possible(), State::ALL);
        assert!(!Filter { webhook: Some(WebhookId(1)), ..Filter::default() }.has_more_than_indexes_know());
        assert!(Filter { attempts_min: Some(2), ..Filter::default() }.has_more_than_indexes_know());
    }

    #[test]
    fn chosen_ones_are_meant_and_no_others() {
        let filter = Filter { only: [9, 4, 7].map(DeliveryId).to_vec(), ..Filter::default() };
        assert!(filter.admits(DeliveryId(9)) && !filter.admits(DeliveryId(8)));
        assert!(Filter::default().admits(DeliveryId(8)), "nothing chosen means all");
        assert_eq!((filter.chosen(0, 100), filter.chosen(4, 8)), (vec![4, 7, 9], vec![7]));
        assert!(Filter::default().chosen(0, 100).is_empty() && filter.has_more_than_indexes_know());
    }
}
