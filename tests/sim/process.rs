//! One process of Belfry: the real store on the real file, the real engine with its real loops, and nothing else of
//! the machine.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use belfry::actions::{Context, Services};
use belfry::delivery::{Engine, EngineConfig, SEND_LOOPS, stopping};
use belfry::domain::access::Caller;
use belfry::domain::random::{SeededRandom, SharedRandom};
use belfry::domain::time::DAY_US;
use belfry::domain::webhook::endpoint_url::EndpointPolicy;
use belfry::store::{Location, MasterKey, Store};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::committer;
use super::known;
use super::life::mortal;
use super::oracles::rule;
use super::transport::SimTransport;
use super::world::World;

/// How long an engine that was told to stop may take beyond its longest request.
const STOP_MAX: Duration = Duration::from_secs(4);
/// The same key for every process of every run.
pub const MASTER: MasterKey = MasterKey::new([7; 32]);

pub struct Process {
    pub number: u32,
    world: Arc<World>,
    services: Services,
    stop: watch::Sender<bool>,
    loops: JoinSet<()>,
    /// The committer and the people's requests.
    others: JoinSet<()>,
}

pub fn open(path: &std::path::Path, random: SharedRandom) -> Store {
    let location = Location::Sqlite(path.to_owned());
    Store::open_by_hand(&location, &MASTER, random).expect("a sound file")
}

impl Process {
    pub fn start(world: &Arc<World>) -> Self {
        let number = world.life.begin();
        world.ledger().breakers.forget();
        let seed = world.dice(&format!("process {number}")).between(0, u64::MAX - 1);
        let random: SharedRandom = Arc::new(SeededRandom::new(seed));
        let store = open(&world.path, Arc::clone(&random));
        let plan = &world.plan;
        let engine = Engine::new(
            &store,
            world.clock.clone(),
            Arc::clone(&random),
            Arc::new(SimTransport::new(Arc::clone(world), number)),
            EngineConfig {
                schedule: plan.schedule.clone(),
                retention_us: 400 * DAY_US,
                auto_disable: plan.auto_disable,
                limits: plan.limits,
            },
        );
        let endpoint_policy = Arc::new(EndpointPolicy::default());
        let services = Services { store, clock: world.clock.clone(), random, endpoint_policy, engine };
        known::look(world, &services.store);
        rule::look(world);
        let (stop, stopped) = stopping();
        let (loops, others) = (JoinSet::new(), JoinSet::new());
        let mut process = Self { number, world: Arc::clone(world), services, stop, loops, others };
        world.note(format_args!("a process begins"));
        let engine = &process.services.engine;
        let (dispatcher, housekeeper) = (engine.clone(), engine.clone());
        let (stop, house_stop) = (stopped.clone(), stopped.clone());
        process.spawn_loop(async move { dispatcher.dispatch(stop).await });
        process.spawn_loop(async move { housekeeper.keep_house(house_stop).await });
        for n in 0..SEND_LOOPS {
            let (engine, stop) = (process.services.engine.clone(), stopped.clone());
            process.spawn_loop(async move { engine.send(n, stop).await });
        }
        let store = process.services.store.clone();
        process.spawn(committer::commits(Arc::clone(world), number, store));
        process
    }

    fn spawn_loop(&mut self, future: impl Future<Output = ()> + Send + 'static) {
        self.loops.spawn(mortal(Arc::clone(&self.world), self.number, future));
    }

    pub fn context(&self) -> Context {
        Context { services: self.services.clone(), caller: Caller::system("simulation") }
    }

    /// Begins something that ends with the process.
    pub fn spawn(&mut self, future: impl Future<Output = ()> + Send + 'static) {
        self.others.spawn(mortal(Arc::clone(&self.world), self.number, future));
    }

    /// How many of the people's requests are not answered.
    pub fn unanswered(&mut self) -> usize {
        while let Some(ended) = self.others.try_join_next() {
            ended.expect("a task of the simulation does not panic");
        }
        self.others.len() - 1
    }

    pub fn load(&self) -> belfry::delivery::Load {
        self.services.engine.load()
    }

    /// Everything in memory is gone.
    pub async fn crash(&mut self) {
        self.world.life.end();
        let ms = self.world.ms();
        self.world.note(format_args!("the process dies"));
        self.world.ledger().died.insert(self.number, ms);
        self.drop_everything().await;
    }

    /// Stops in an orderly way; says whether it lived to the end of it.
    pub async fn stop(&mut self) -> bool {
        self.world.note(format_args!("the process is told to stop"));
        self.stop.send_replace(true);
        let longest = self.world.plan.timeout + STOP_MAX;
        let world = Arc::clone(&self.world);
        let ended = async {
            while let Some(ended) = self.loops.join_next().await {
                ended.expect("the engine's loops do not panic");
            }
        };
        let in_time = tokio::select! {
            biased;
            () = world.life.death() => None,
            in_time = tokio::time::timeout(longest, ended) => Some(in_time.is_ok()),
        };
        match in_time {
            None => {
                self.crash().await;
                return false;
            }
            Some(false) => world.violated("STOP", format!("the engine did not stop within {longest:?}")),
            Some(true) => self.world.count("orderly stops"),
        }
        let load = self.load();
        if load.held > 0 {
            // It gave up waiting for the database: what it held counts as lost with it.
            world.note(format_args!("stopped with {load:?}"));
            let ms = world.ms();
            world.ledger().died.insert(self.number, ms);
        }
        world.life.retire();
        world.note(format_args!("the process has stopped"));
        self.drop_everything().await;
        true
    }

    async fn drop_everything(&mut self) {
        self.world.people().hang_up();
        self.loops.shutdown().await;
        self.others.shutdown().await;
        // Requests to the writer hold the engine, which holds the store: without this, memory would never be freed.
        // Whatever they do is rolled back, as it is when a machine loses power.
        while self.services.store.commit_by_hand(true) > 0 {}
    }
}
