//! Challenges: their bodies, their pages, and the way through them.

mod answer;
