//! Numbered pages: `?page=1&pageSize=50` in, an [`Envelope`](super::wire::Envelope) out (contract 1.2).

use super::code::Code;
use super::errors::Error;
use crate::api::number;
use crate::domain::page::PageRequest;

/// Rows of a page when the client does not say.
const SIZE_DEFAULT: i64 = 50;
/// Rows of a page at most; who asks for more gets this many.
const SIZE_MAX: i64 = 100;

/// Reads `page` and `pageSize`; other parameters are ignored.
///
/// # Errors
/// 422 naming every parameter that is not a whole number of 1 or more, or is given twice.
pub fn request(query: &str) -> Result<PageRequest, Error> {
    let page = number::in_query(query, "page", 1);
    let size = number::in_query(query, "pageSize", SIZE_DEFAULT);
    match (page, size) {
        (Ok(page), Ok(size)) => Ok(PageRequest { page, size: size.min(SIZE_MAX) }),
        (page, size) => {
            let wrong: Vec<String> = [page.err(), size.err()].into_iter().flatten().collect();
            Err(Error::new(Code::InvalidParameter, wrong.join(" ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Option<(i64, i64)> {
        request(query).ok().map(|request| (request.page, request.size))
    }

    #[test]
    fn whole_numbers_from_one_on() {
        assert_eq!(page(""), Some((1, 50)));
        assert_eq!(page("page=3&pageSize=7&x=y"), Some((3, 7)));
        assert_eq!(page("pageSize=100000"), Some((1, 100)));
        assert_eq!(page("page=9223372036854775807"), Some((i64::MAX, 50)));
        for bad in ["page=0", "page=1&page=2", "pageSize=0", "pageSize=1.5"] {
            assert_eq!(page(bad), None, "{bad}");
        }
        let error = request("page=x&pageSize=0").unwrap_err();
        assert!(error.description.contains("page: ") && error.description.contains("pageSize: "));
    }
}
