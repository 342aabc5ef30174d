//! The files of a store: the published one, the records of the cache, and the names they are known by.

pub(super) mod foreign;
pub(super) mod key;
pub(super) mod map;
pub(super) mod published;
pub(super) mod record;
pub(super) mod temporary;
