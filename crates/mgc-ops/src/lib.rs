#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod activation;
mod affine;
mod allocator;
mod avg_pool;
mod batch_norm;
mod column_conv;
mod conv2d;
mod conv_pool;
mod depthwise;
mod dropout;
mod exp;
mod gathered;
mod global_max_pool;
mod group_norm;
mod im2col;
mod interleave;
mod lstm;
mod map_op;
mod matmul;
mod max_pool;
mod patch_conv;
mod philox;
mod planes;
mod real;
mod rows;
mod sample_conv;
mod scaling;
mod simd;
mod slabs;
mod statistics;
mod sweep;
mod trunk;
mod window;

pub use activation::Activation;
pub use allocator::keep_freed_memory;
pub use avg_pool::avg_pool2d;
pub use batch_norm::{BatchNormConfig, batch_norm_eval, batch_norm_train};
pub use conv_pool::{ConvPoolConfig, Pool, conv_pool2d};
pub use conv2d::conv2d;
pub use depthwise::depthwise_conv2d;
pub use dropout::{Dropout, dropout};
pub use global_max_pool::global_max_pool2d;
pub use group_norm::{GroupNormConfig, group_norm};
pub use lstm::lstm;
pub use max_pool::max_pool2d;
pub use statistics::{ChannelStatistics, channel_statistics};
pub use trunk::{Entry, Exit, TrunkConfig, TrunkOutput, TrunkPlan, broadcast_trunk};
pub use window::{Padding, Window};

pub use candle;
