//! A page of a list (contract 1.2).

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::page::{PageRequest, Paged};

/// A page as this door shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = telemax::Page)]
pub struct Envelope<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// On all pages together.
    pub total_results: i64,
    /// The place of this page's last row among all, counted from 1.
    pub last_result_index: i64,
    /// From 1.
    pub current_page: i64,
    /// 0 when there is nothing.
    pub number_of_pages: i64,
}

impl<T> Envelope<T> {
    /// `paged` is what was found for `request`.
    pub fn new<R>(request: PageRequest, paged: Paged<R>, wire: impl FnMut(R) -> T) -> Self {
        let total = paged.total;
        Self {
            items: paged.items.into_iter().map(wire).collect(),
            total_results: total,
            last_result_index: request.page.saturating_mul(request.size).min(total),
            current_page: request.page,
            number_of_pages: total.saturating_add(request.size - 1) / request.size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples of the vendor's pages, and our decisions for what they leave out.
    #[test]
    fn the_numbers_of_the_envelope() {
        let numbers = |page, size, total| {
            let request = PageRequest { page, size };
            let envelope = Envelope::new(request, Paged { items: Vec::<u8>::new(), total }, |row| row);
            (envelope.last_result_index, envelope.number_of_pages)
        };
        assert_eq!(numbers(1, 2, 12), (2, 6));
        assert_eq!(numbers(1, 50, 7), (7, 1));
        assert_eq!(numbers(1, 50, 0), (0, 0));
        assert_eq!(numbers(2, 5, 12), (10, 3));
        assert_eq!(numbers(i64::MAX, 100, 12), (12, 1));
    }
}
