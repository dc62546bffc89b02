//! Names of vehicles, compared without regard to letter case.
//!
//! The index of events folds ASCII letters only, since that is what both databases do alike and without a column of its
//! own. Whoever asks therefore asks for every way of writing the other letters: each is one more look into the index.

/// Letters beyond ASCII that are tried in both cases; a name with more is tried as typed, all small, all
/// capital, and with capital first letters.
const LETTERS_MAX: usize = 4;

/// The name as the index has it.
pub fn key(name: &str) -> String {
    name.to_ascii_lowercase()
}

/// The keys of all names that differ from `name` in letter case alone. At least one, 20 at most.
pub fn keys(name: &str) -> Vec<String> {
    let mut keys = vec![key(name), key(&name.to_lowercase()), key(&name.to_uppercase()), key(&titled(name))];
    let folded: Vec<char> = key(name).chars().collect();
    let cased: Vec<(usize, char, char)> = folded
        .iter()
        .enumerate()
        .filter_map(|(at, c)| both_cases(*c).map(|(small, capital)| (at, small, capital)))
        .collect();
    if cased.len() <= LETTERS_MAX {
        for choice in 0..1_usize << cased.len() {
            let mut letters = folded.clone();
            for (bit, (at, small, capital)) in cased.iter().enumerate() {
                if let Some(letter) = letters.get_mut(*at) {
                    *letter = if choice >> bit & 1 == 0 { *small } else { *capital };
                }
            }
            keys.push(letters.into_iter().collect());
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// With a capital at the beginning of each word and nowhere else.
fn titled(name: &str) -> String {
    let mut titled = String::with_capacity(name.len());
    let mut begins = true;
    for letter in name.chars() {
        if begins {
            titled.extend(letter.to_uppercase());
        } else {
            titled.extend(letter.to_lowercase());
        }
        begins = !letter.is_alphanumeric();
    }
    titled
}

/// Both cases of a letter beyond ASCII, when each is one letter.
fn both_cases(c: char) -> Option<(char, char)> {
    let one =
        |mut letters: Box<dyn Iterator<Item = char>>| letters.next().filter(|_| letters.next().is_none());
    let small = one(Box::new(c.to_lowercase()))?;
    let capital = one(Box::new(c.to_uppercase()))?;
    (!c.is_ascii() && small != capital).then_some((small, capital))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_names_have_one_key() {
        for name in ["TRK-118", "trk-118", "Trk-118"] {
            assert_eq!(keys(name), ["trk-118"]);
        }
        assert_eq!(keys("车 7"), ["车 7"]);
        assert_eq!(keys("100%_"), ["100%_"]);
    }

    #[test]
    fn every_spelling_of_a_name_finds_every_other() {
        for spellings in [
            &["MÜ-XX 123", "mü-xx 123", "Mü-Xx 123"][..],
            &["Österreich-Büro", "österreich-büro", "ÖSTERREICH-BÜRO"],
            &["Żółć", "żółć", "ŻÓŁĆ", "ŻółĆ"],
            &["Грузовик", "грузовик", "ГРУЗОВИК"],
        ] {
            for asked in spellings {
                for stored in spellings {
                    assert!(keys(asked).contains(&key(stored)), "{asked} finds {stored}");
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn a_name_finds_itself_and_few_others(name: String) {
            let keys = keys(&name);
            proptest::prop_assert!(keys.contains(&key(&name)) && keys.len() <= 20);
        }
    }
}
