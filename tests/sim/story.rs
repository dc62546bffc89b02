//! One run: people do this and that, the machine misbehaves, then everything calms down and has to come to rest.

use std::sync::Arc;

use belfry::actions::webhooks::SecretChoice;
use belfry::delivery::Load;
use belfry::domain::alert_type::AlertType;
use belfry::domain::event::{Payload, Position};
use belfry::domain::ids::{DeliveryId, WebhookId};
use belfry::domain::time::{DAY_US, SECOND_US, Timestamp};
use belfry::domain::webhook::pause::{PauseMode, Resume};
use belfry::domain::webhook::settings::Change;
use serde_json::{Map, Number, json};

use crate::clients::Client;
use crate::dice::Dice;
use crate::fleet;
use crate::oracles;
use crate::process::Process;
use crate::world::World;

/// How long everything may take to come to rest once receivers and disk are well.
const REST_MAX_MS: u64 = 90_000;
/// Between two looks whether it has.
const REST_LOOK_MS: u64 = 400;
/// Deliveries that people look at.
const NEWEST: i64 = 25;

#[derive(Debug, Clone, Copy)]
enum Act {
    Submit,
    Create,
    Edit,
    Rotate,
    SwitchOff,
    SwitchOn,
    Delete,
    Link,
    Unlink,
    Redeliver,
    SendNow,
    Stop,
    Test,
    Pause,
    Resume,
    ReceiverTurns,
    ClockSteps,
    DiskRefuses,
    Restart,
    Crash,
}

pub struct Story {
    world: Arc<World>,
    dice: Dice,
    process: Process,
    events: i64,
    /// Of the clock, so that it can be set right again.
    most_ahead_us: i64,
}

impl Story {
    pub async fn tell(world: &Arc<World>) {
        let mut story = Self {
            world: Arc::clone(world),
            dice: world.dice("story"),
            process: Process::start(world),
            events: 0,
            most_ahead_us: 0,
        };
        for _ in 0..story.dice.below(4) {
            story.turn_receiver();
        }
        for _ in 0..story.dice.between(2, 6) {
            let (company, new) = fleet::webhook(&story.dice);
            story.client().create(company, new).await;
        }
        for _ in 0..world.plan.steps {
            let pause = story.dice.ms(0, world.plan.pace_ms);
            tokio::select! {
                biased;
                () = world.life.death() => story.process = story.revived().await,
                () = tokio::time::sleep(pause) => {}
            }
            if world.violation().is_some() {
                return;
            }
            story.act().await;
        }
        story.rest().await;
    }

    fn client(&self) -> Client {
        let (world, ctx) = (Arc::clone(&self.world), self.process.context());
        Client { world, ctx, process: self.process.number }
    }

    async fn revived(&mut self) -> Process {
        self.process.crash().await;
        self.begin_again().await
    }

    async fn begin_again(&mut self) -> Process {
        tokio::time::sleep(self.dice.ms(0, 3_000)).await;
        let process = Process::start(&self.world);
        if self.dice.percent(self.world.plan.crashes * 3) {
            self.world.life.light(self.dice.between(1, 12));
        }
        process
    }

    async fn act(&mut self) {
        let (crashes, pauses) = (self.world.plan.crashes, self.world.plan.pauses);
        let act = self.dice.weighted(&[
            (45, Act::Submit),
            (1, Act::Create),
            (5, Act::Edit),
            (2, Act::Rotate),
            (3, Act::SwitchOff),
            (4, Act::SwitchOn),
            (1, Act::Delete),
            (3, Act::Link),
            (2, Act::Unlink),
            (4, Act::Redeliver),
            (5, Act::SendNow),
            (2, Act::Stop),
            (2, Act::Test),
            (pauses, Act::Pause),
            (pauses * 2 / 3, Act::Resume),
            (12, Act::ReceiverTurns),
            (2, Act::ClockSteps),
            (3, Act::DiskRefuses),
            (1 + crashes / 5, Act::Restart),
            (crashes, Act::Crash),
        ]);
        match act {
            Act::ReceiverTurns => self.turn_receiver(),
            Act::ClockSteps => self.step_clock(),
            Act::DiskRefuses => {
                let until_ms = self.world.ms() + self.dice.between(50, 4_000);
                self.world.note(format_args!("the disk refuses until {until_ms} ms"));
                self.world.refuse_commits_until(until_ms);
            }
            Act::Restart => {
                self.process.stop().await;
                self.process = self.begin_again().await;
            }
            Act::Crash if self.dice.percent(30) => self.world.life.end(),
            Act::Crash => self.world.life.light(self.dice.between(1, 30)),
            Act::Submit => self.submit(),
            Act::Create => {
                let (company, new) = fleet::webhook(&self.dice);
                let client = self.client();
                self.process.spawn(client.create(company, new));
            }
            Act::Resume => self.resume_one(),
            Act::Redeliver | Act::SendNow | Act::Stop => self.about_a_delivery(act),
            _ => self.about_a_webhook(act),
        }
    }

    fn submit(&mut self) {
        let alert = fleet::any_alert(&self.dice);
        let count = if self.dice.percent(70) { 1 } else { self.dice.between(1, self.world.plan.burst) };
        let payloads = (0..count).map(|_| self.payload()).collect();
        let client = self.client();
        self.process.spawn(client.submit(alert, payloads));
    }

    /// An event that differs from every other one by its time.
    fn payload(&mut self) -> Payload {
        self.events += 1;
        let vehicle = i64::try_from(self.dice.between(1, self.world.plan.vehicles)).unwrap();
        let mut data = Map::new();
        data.insert("level".to_owned(), json!(fleet::level(&self.dice)));
        data.insert("number".to_owned(), json!(self.dice.below(1_000)));
        Payload {
            vehicle_id: vehicle,
            vehicle_name: format!("Van {vehicle}"),
            position: Position {
                lat: Number::from(self.dice.below(90)),
                lng: Number::from(self.dice.below(180)),
            },
            direction: u16::try_from(self.dice.below(360)).unwrap(),
            timestamp: Timestamp::from_seconds(1_790_000_000 + self.events),
            address: None,
            data: Some(data),
        }
    }

    fn about_a_webhook(&mut self, act: Act) {
        let ids = self.world.known().live_ids();
        if ids.is_empty() {
            return;
        }
        let (id, dice, client): (WebhookId, _, _) = (*self.dice.pick(&ids), &self.dice, self.client());
        match act {
            Act::Edit => {
                let change = match dice.below(4) {
                    0 => Change { url: Some(fleet::url(dice)), ..Change::default() },
                    1 => Change { criteria: Some(fleet::criteria(dice)), ..Change::default() },
                    2 => fleet::shape(dice),
                    _ => Change { url: Some(fleet::url(dice)), ..fleet::shape(dice) },
                };
                let secret = if dice.percent(20) { SecretChoice::Generate } else { SecretChoice::Keep };
                self.process.spawn(client.edit(id, change, secret));
            }
            Act::Rotate => self.process.spawn(client.rotate(id)),
            Act::SwitchOff => self.process.spawn(client.switch(id, false)),
            Act::SwitchOn => self.process.spawn(client.switch(id, true)),
            Act::Pause => {
                let mode = *dice.pick(&[PauseMode::Hold, PauseMode::Hold, PauseMode::Drop]);
                self.process.spawn(client.pause(id, mode));
            }
            Act::Delete => self.process.spawn(client.delete(id)),
            Act::Test => self.process.spawn(client.test(id, AlertType::Ignition)),
            _ => {
                let alert = fleet::any_alert(dice);
                self.process.spawn(client.link(id, alert, matches!(act, Act::Link)));
            }
        }
    }

    fn turn_receiver(&self) {
        let (host, temper) = self.world.receivers.turn();
        self.world.note(format_args!("{host} is {temper:?}"));
    }

    fn resume_one(&mut self) {
        let ids = self.world.known().paused_ids();
        if !ids.is_empty() {
            let (id, client) = (*self.dice.pick(&ids), self.client());
            self.process.spawn(client.resume(id, *self.dice.pick(&Resume::ALL)));
        }
    }

    fn about_a_delivery(&mut self, act: Act) {
        let wants_ended = matches!(act, Act::Redeliver);
        let rows = self.world.file.newest(NEWEST);
        let people = self.world.people();
        let fitting: Vec<DeliveryId> = rows
            .iter()
            .filter(|row| {
                (row.state > 3) == wants_ended && !(wants_ended && people.repeated.contains(&row.id))
            })
            .map(|row| DeliveryId(row.id))
            .collect();
        drop(people);
        if fitting.is_empty() {
            return;
        }
        let (id, client) = (*self.dice.pick(&fitting), self.client());
        match act {
            Act::Redeliver => self.process.spawn(client.redeliver(id)),
            Act::Stop => self.process.spawn(client.stop(id)),
            _ => self.process.spawn(client.send_now(id)),
        }
    }

    fn step_clock(&mut self) {
        let by_us = *self.dice.pick(&[90 * SECOND_US, -90 * SECOND_US, DAY_US, -DAY_US, 5 * SECOND_US]);
        self.set_clock(by_us);
        self.most_ahead_us = self.most_ahead_us.max(self.world.clock.offset_us());
    }

    fn set_clock(&self, by_us: i64) {
        self.world.note(format_args!("the clock is set by {} s", by_us / SECOND_US));
        self.world.clock.step(by_us);
        if by_us != 0 {
            self.world.count("clock steps");
        }
        let mut ledger = self.world.ledger();
        ledger.stepped_ms = Some(self.world.ms());
        if by_us < 0 {
            ledger.breakers.doubt();
        }
    }

    /// Everybody is well again: now everything has to end.
    async fn rest(mut self) {
        let world = Arc::clone(&self.world);
        if world.life.is_dead() {
            self.process = self.revived().await;
        }
        world.life.spare();
        world.refuse_commits_until(0);
        world.receivers.recover();
        self.set_clock(self.most_ahead_us - world.clock.offset_us());
        world.note(format_args!("from now on everybody is well"));
        let until_ms = world.ms() + REST_MAX_MS;
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(REST_LOOK_MS)).await;
            if world.violation().is_some() {
                return;
            }
            let (unanswered, load) = (self.process.unanswered(), self.process.load());
            if unanswered == 0 && !world.known().paused_ids().is_empty() {
                self.resume_one();
                continue;
            }
            let waiting = world.file.unsettled();
            if unanswered == 0 && waiting.is_empty() && load == Load::default() {
                break;
            }
            if world.ms() > until_ms {
                let text = format!("{unanswered} requests unanswered, {load:?}, waiting: {waiting:?}");
                return world.violated("TERMINAL", text);
            }
        }
        self.process.stop().await;
        oracles::judge(&world);
    }
}
