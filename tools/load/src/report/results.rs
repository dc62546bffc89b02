//! What the runs printed: `<part>/<name>.jsonl` below the results directory, one run a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Every run, by `part/name`, in the order of the rounds.
#[derive(Debug, Default)]
pub struct Results(BTreeMap<String, Vec<Value>>);

impl Results {
    /// Reads everything below `dir`.
    pub fn read(dir: &Path) -> Result<Self> {
        let mut all = BTreeMap::new();
        for part in list(dir)?.into_iter().filter(|path| path.is_dir()) {
            for file in
                list(&part)?.into_iter().filter(|path| path.extension().is_some_and(|it| it == "jsonl"))
            {
                let text = fs::read_to_string(&file)?;
                let runs = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>();
                let runs = runs.with_context(|| format!("{} is not JSON lines", file.display()))?;
                all.insert(format!("{}/{}", stem(&part), stem(&file)), runs);
            }
        }
        Ok(Self(all))
    }

    /// The number at `pointer` (RFC 6901) in each run of `name`. None at all when one of the runs lacks it.
    pub fn numbers(&self, name: &str, pointer: &str) -> Vec<f64> {
        let runs = self.0.get(name).map_or(&[][..], Vec::as_slice);
        let found: Option<Vec<f64>> = runs.iter().map(|run| run.pointer(pointer)?.as_f64()).collect();
        found.unwrap_or_default()
    }

    /// The numbers at `pointers` in all runs whose name begins with `prefix`, added up: one number, unless there are
    /// no runs or one of them lacks a number.
    pub fn sum(&self, prefix: &str, pointers: &[&str]) -> Vec<f64> {
        let runs = || self.0.iter().filter(|(name, _)| name.starts_with(prefix)).flat_map(|(_, runs)| runs);
        let number = |run: &Value, pointer: &&str| run.pointer(pointer)?.as_f64();
        let found: Option<Vec<f64>> =
            runs().flat_map(|run| pointers.iter().map(move |pointer| number(run, pointer))).collect();
        found.filter(|found| !found.is_empty()).map(|found| vec![found.iter().sum()]).unwrap_or_default()
    }
}

#[cfg(test)]
impl Results {
    /// Results that were never in files.
    pub fn of(runs: &[(&str, Value)]) -> Self {
        let mut all = BTreeMap::new();
        for (name, run) in runs {
            all.entry((*name).to_owned()).or_insert_with(Vec::new).push(run.clone());
        }
        Self(all)
    }
}

fn list(dir: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
