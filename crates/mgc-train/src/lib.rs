#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod augment;
mod baseline;
mod data;
mod error;
mod init;
mod metrics;
mod optim;
mod rng;
mod run;
mod statistics;

pub use augment::{
    AugmentConfig, Augmentation, CropConfig, DecibelRange, Draw, EqualiserConfig, FrequencyAxis, GainConfig,
    LowPassConfig, MasksConfig, MixStyleConfig, MixupConfig, NoiseFloorConfig, PitchConfig, StretchConfig,
    TiltConfig,
};
pub use baseline::{RidgeClassifier, RidgeConfig, band_statistics};
pub use data::examples::{Examples, Subset, TensorExamples};
pub use data::sampler::{Sampler, SamplerConfig};
pub use data::shuffle::epoch_order;
pub use data::spectrograms::SpectrogramExamples;
pub use error::{Difference, Error, Result};
pub use init::seeded::seeded;
pub use init::trainable::trainable;
pub use metrics::class_weights::ClassWeights;
pub use metrics::confusion_matrix::ConfusionMatrix;
pub use metrics::confusion_table::ConfusionTable;
pub use metrics::evaluate::{Evaluation, Metrics, evaluate};
pub use metrics::interval::wilson_interval;
pub use metrics::loss::{cross_entropy, smoothed_cross_entropy, weighted_cross_entropy};
pub use metrics::recordings::mean_by_recording;
pub use metrics::targets::Targets;
pub use optim::adam::{Adam, AdamConfig};
pub use optim::adamw::{AdamW, AdamWConfig};
pub use optim::average::{AverageConfig, WeightAverage};
pub use optim::early_stopping::{EarlyStopping, EarlyStoppingConfig};
pub use optim::keras_version::KerasVersion;
pub use optim::plateau::{PlateauConfig, ReduceLrOnPlateau};
pub use optim::replay::{Replay, replay};
pub use optim::resumable::ResumableOptimizer;
pub use optim::warmup_cosine::{WarmupCosine, WarmupCosineConfig};
pub use run::best_checkpoint::BestCheckpoint;
pub use run::callback::{Callback, Step};
pub use run::config::TrainConfig;
pub use run::csv_log::CsvLog;
pub use run::history::{Epoch, History};
pub use run::identity::differences;
pub use run::reestimate::{StatisticsConfig, reestimate_statistics};
pub use run::resume::ResumeFile;
pub use run::selection::Selection;
#[cfg(feature = "tensorboard")]
#[cfg_attr(docsrs, doc(cfg(feature = "tensorboard")))]
pub use run::tensorboard::TensorBoard;
pub use run::trainer::Trainer;
pub use statistics::accuracy_difference::{AccuracyDifference, accuracy_difference};
pub use statistics::bootstrap::{BootstrapConfig, bootstrap_interval};
pub use statistics::calibration::Calibration;
pub use statistics::corrected_t::{CorrectedTTest, corrected_t_test};
pub use statistics::coverage::{CoverageCurve, CoveragePoint};
pub use statistics::holm::holm;
pub use statistics::mcnemar::{McNemar, mcnemar};
pub use statistics::proper_scores::{brier_score, negative_log_likelihood};
pub use statistics::reliability::{Reliability, ReliabilityBin};
pub use statistics::resampling::Units;
pub use statistics::summary::{CONFIDENCE_LEVEL, Summary};
pub use statistics::temperature::Temperature;
pub use statistics::top_k::top_k_accuracy;
pub use statistics::wilcoxon::{Wilcoxon, wilcoxon_signed_rank};

/// The tensor library whose types appear in this crate's signatures.
pub use candle;
