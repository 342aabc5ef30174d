#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod activation;
mod blocked;
mod bridge;
mod conv;
mod kernels;
mod ops;
mod scalar;
mod trunk;
mod window;

pub use activation::Activation;
pub use blocked::release_buffers;
pub use kernels::allocator::keep_freed_memory;
pub use kernels::statistics::ChannelStatistics;
pub use ops::avg_pool::avg_pool2d;
pub use ops::batch_norm::{BatchNormConfig, batch_norm_eval, batch_norm_train};
pub use ops::conv_pool::{ConvPoolConfig, Pool, conv_pool2d};
pub use ops::conv2d::conv2d;
pub use ops::coordinate::append_coordinate;
pub use ops::depthwise::depthwise_conv2d;
pub use ops::dropout::{Dropout, dropout};
pub use ops::global_max_pool::global_max_pool2d;
pub use ops::group_norm::{GroupNormConfig, group_norm};
pub use ops::lstm::lstm;
pub use ops::max_pool::max_pool2d;
pub use ops::statistics::channel_statistics;
pub use ops::sub_bands::sub_band_means;
pub use trunk::{
    InferenceTrunk, TrunkConfig, TrunkEntry, TrunkExit, TrunkOutput, TrunkStem, broadcast_trunk,
};
pub use window::{Padding, Window};

pub use candle;
