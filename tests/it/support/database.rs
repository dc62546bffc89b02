//! An empty database for one test: SQLite in a temporary directory, or a database of its own on the
//! PostgreSQL server that `BELFRY_TEST_POSTGRES_URL` names. `script/test` runs the suite on both.

use belfry::store::Location;
use tempfile::TempDir;

/// Lives as long as the test.
pub struct TestDatabase {
    pub location: Location,
    pub dir: TempDir,
}

impl TestDatabase {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let location = match std::env::var("BELFRY_TEST_POSTGRES_URL") {
            Ok(server) => Location::Postgres(create_on(&server)),
            Err(_) => Location::Sqlite(dir.path().join("belfry.db")),
        };
        Self { location, dir }
    }

    pub fn url(&self) -> String {
        match &self.location {
            Location::Sqlite(path) => format!("sqlite://{}", path.display()),
            Location::Postgres(url) => url.clone(),
        }
    }
}

impl TestDatabase {
    /// Runs `sql` as somebody with the database in hand would.
    pub fn run(&self, sql: &str) {
        use diesel::connection::SimpleConnection;
        use diesel::{Connection, SqliteConnection};

        let url = self.url();
        if let Some(path) = url.strip_prefix("sqlite://") {
            SqliteConnection::establish(path).expect("the file").batch_execute(sql).expect("a statement");
            return;
        }
        #[cfg(feature = "postgres")]
        diesel::PgConnection::establish(&url).expect("the server").batch_execute(sql).expect("a statement");
    }
}

impl TestDatabase {
    pub fn is_sqlite(&self) -> bool {
        matches!(self.location, Location::Sqlite(_))
    }

    /// All rows of each table but `except`, as text.
    pub fn rows(&self, except: &[&str]) -> Vec<(String, String)> {
        let tables = self.texts(if self.is_sqlite() {
            "SELECT name AS text FROM sqlite_master WHERE type = 'table' ORDER BY 1"
        } else {
            "SELECT table_name AS text FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
        });
        let compared = tables.into_iter().filter(|table| !except.contains(&table.as_str()));
        compared
            .map(|table| {
                let rows = self.rows_of(&table);
                (table, rows)
            })
            .collect()
    }

    fn rows_of(&self, table: &str) -> String {
        let row = if self.is_sqlite() {
            let columns = format!("SELECT 'quote(' || name || ')' AS text FROM pragma_table_info('{table}')");
            self.texts(&columns).join(" || ',' || ")
        } else {
            "t::text".to_owned()
        };
        self.texts(&format!("SELECT {row} AS text FROM {table} t ORDER BY 1")).join("; ")
    }

    /// The column `text` of what `sql` finds.
    fn texts(&self, sql: &str) -> Vec<String> {
        use diesel::sql_types::Text;
        use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

        #[derive(QueryableByName)]
        struct Cell {
            #[diesel(sql_type = Text)]
            text: String,
        }
        let url = self.url();
        let cells: Vec<Cell> = if let Some(path) = url.strip_prefix("sqlite://") {
            sql_query(sql).load(&mut SqliteConnection::establish(path).expect("the file")).expect("rows")
        } else {
            #[cfg(feature = "postgres")]
            let rows = sql_query(sql)
                .load(&mut diesel::PgConnection::establish(&url).expect("the server"))
                .expect("rows");
            #[cfg(not(feature = "postgres"))]
            let rows = Vec::new();
            rows
        };
        cells.into_iter().map(|cell| cell.text).collect()
    }
}

/// `server` ends in a database name; ours takes its place.
#[cfg(feature = "postgres")]
fn create_on(server: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};

    use diesel::connection::SimpleConnection;
    use diesel::{Connection, PgConnection};

    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("belfry_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut conn = PgConnection::establish(server).expect("the PostgreSQL server of the tests");
    conn.batch_execute(&format!("CREATE DATABASE {name}")).expect("a new database");
    let (head, _) = server.rsplit_once('/').expect("a database name at the end of the URL");
    format!("{head}/{name}")
}

#[cfg(not(feature = "postgres"))]
fn create_on(_: &str) -> String {
    panic!("BELFRY_TEST_POSTGRES_URL is set: run the tests with --features postgres");
}
