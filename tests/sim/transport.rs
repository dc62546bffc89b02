//! The network that the engine sees.

use std::sync::Arc;
use std::time::Duration;

use belfry::delivery::Transport;
use belfry::domain::clock::Clock as _;
use belfry::outbound::destination::Destination;
use belfry::outbound::{Exchange, OutboundRequest, PoolKey, Refusal};
use futures_util::future::{BoxFuture, pending};
use url::Url;

use super::oracles::on_the_wire;
use super::world::World;

pub struct SimTransport {
    world: Arc<World>,
    process: u32,
}

impl SimTransport {
    pub fn new(world: Arc<World>, process: u32) -> Self {
        Self { world, process }
    }

    async fn exchange(&self, key: PoolKey, request: &OutboundRequest) -> Exchange {
        let world = &self.world;
        // The dead send nothing.
        if !world.life.is_alive(self.process) {
            return pending().await;
        }
        let fate = world.receivers.fate(&request.destination.target().authority);
        let entry = on_the_wire::judge(world, self.process, key, request, fate);
        world.note(format_args!(
            "> {}.{} event {} to {} v{} at {}",
            entry.delivery, entry.number, entry.event, entry.webhook, entry.version, entry.host
        ));
        let (delivery, number, goes_apart) = (entry.delivery, entry.number, entry.goes_apart);
        world.count(&fate.kind());
        let index = world.ledger().begin(entry);
        let on_wire = OnWire { world, index };
        if world.life.effect(self.process) {
            tokio::time::sleep(fate.takes).await;
        }
        // The answer is there. Whether the process lives to see it is another question.
        if !world.life.effect(self.process) {
            return pending().await;
        }
        let (ms, now) = (world.ms(), world.clock.now());
        world.note(format_args!("< {delivery}.{number} {:?}", fate.answer));
        let mut ledger = world.ledger();
        ledger.end(on_wire.index, ms);
        ledger.breakers.note(key.webhook, fate.answer, goes_apart, now);
        drop(ledger);
        world.inbox.notify_one();
        fate.answer.exchange(request, fate.takes)
    }
}

/// Notes in the ledger that a request was dropped with its process.
struct OnWire<'w> {
    world: &'w World,
    index: usize,
}

impl Drop for OnWire<'_> {
    fn drop(&mut self) {
        self.world.ledger().cut(self.index);
    }
}

impl Transport for SimTransport {
    fn post<'a>(&'a self, key: PoolKey, request: &'a OutboundRequest) -> BoxFuture<'a, Exchange> {
        Box::pin(self.exchange(key, request))
    }

    fn destination(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Destination, Refusal> {
        Destination::of(url, headers, "Belfry/simulated")
    }

    fn timeout(&self) -> Duration {
        self.world.plan.timeout
    }

    fn sibling(&self) -> Arc<dyn Transport> {
        Arc::new(Self::new(Arc::clone(&self.world), self.process))
    }

    fn sweep(&self) {}
}
