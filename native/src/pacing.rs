//! When a preview is due. The engine makes one at every step, whatever interval it is told, and a
//! decoder may take as long as several steps: so it is told anew before each step whether it may.

use std::time::{Duration, Instant};

/// What a decoder is taken to cost before one was seen at work, in steps.
const UNKNOWN_COST: u32 = 3;

pub struct Pacer {
    interval: i32,
    /// Of the time that the steps take, for all previews together; from 1 on it is not counted.
    share: f64,
    /// The shortest step without a preview, over all pictures of the call.
    step: Option<Duration>,
    /// What the last preview took.
    cost: Option<Duration>,
    /// Previews of the picture that is being sampled.
    made: i32,
    due: bool,
    last: Instant,
}

impl Pacer {
    pub fn new(interval: i32, share: f64) -> Self {
        let (step, cost, made, last) = (None, None, 0, Instant::now());
        Pacer {
            interval,
            share,
            step,
            cost,
            made,
            due: false,
            last,
        }
    }

    /// Hears that so many steps of a picture are done; 0 when it begins. True where a preview is due
    /// at the next one.
    pub fn after(&mut self, step: i32, steps: i32) -> bool {
        let took = self.last.elapsed();
        self.last = Instant::now();
        if step == 0 {
            self.made = 0;
        } else if self.due {
            self.made += 1;
            self.cost = self.step.map(|plain| took.saturating_sub(plain));
        } else {
            self.step = Some(self.step.map_or(took, |known| known.min(took)));
        }
        let next = step + 1;
        self.due = next % self.interval == 0 && (self.share >= 1.0 || self.affords(next, steps));
        self.due
    }

    /// Whether the share of time allows for it, spread over the steps. The last step is followed by
    /// the picture itself.
    fn affords(&self, next: i32, steps: i32) -> bool {
        let Some(plain) = self.step else {
            return false;
        };
        let cost = self.cost.unwrap_or(plain * UNKNOWN_COST).as_secs_f64();
        let room = self.share * plain.as_secs_f64() * f64::from(steps);
        // Whoever watches sees something, also where one preview costs more than the share.
        let least = if self.share > 0.0 { 1.0 } else { 0.0 };
        let allowed = (room / cost.max(f64::MIN_POSITIVE))
            .min(f64::from(steps))
            .floor()
            .max(least);
        let turn = f64::from(next) * (allowed + 1.0);
        next < steps && f64::from(self.made) < allowed && turn >= f64::from((self.made + 1) * steps)
    }
}
