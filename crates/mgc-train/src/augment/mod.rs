//! Seeded changes of training examples: each a plain struct of strengths, off unless set.

mod augmentation;
mod beta;
mod checks;
pub(crate) mod config;
mod crop;
mod curve;
mod decibel_range;
mod draw;
mod equaliser;
mod frequency_axis;
mod gain;
mod low_pass;
mod masks;
mod mix_style;
mod mixup;
mod noise_floor;
mod pitch;
mod ring;
mod stretch;
mod tilt;

pub use augmentation::Augmentation;
pub use config::AugmentConfig;
pub use crop::CropConfig;
pub use decibel_range::DecibelRange;
pub use draw::Draw;
pub use equaliser::EqualiserConfig;
pub use frequency_axis::FrequencyAxis;
pub use gain::GainConfig;
pub use low_pass::LowPassConfig;
pub use masks::MasksConfig;
pub use mix_style::MixStyleConfig;
pub use mixup::MixupConfig;
pub use noise_floor::NoiseFloorConfig;
pub use pitch::PitchConfig;
pub use stretch::StretchConfig;
pub use tilt::TiltConfig;
