//! Reads protocol buffers: a message is a run of fields, each a key (field number and wire type) and a value.

/// The value of a field.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Integer(i64),
    Float(f32),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(crate) fn integer(self) -> i64 {
        match self {
            Self::Integer(value) => value,
            _ => panic!("not an integer"),
        }
    }

    pub(crate) fn float(self) -> f32 {
        match self {
            Self::Float(value) => value,
            _ => panic!("not a float"),
        }
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => panic!("not bytes"),
        }
    }

    pub(crate) fn text(self) -> String {
        String::from_utf8(self.bytes().to_vec()).unwrap()
    }
}

/// The values of one field of a message, in their order.
pub(crate) fn field(message: &[u8], number: u64) -> Vec<Value<'_>> {
    fields(message).into_iter().filter(|(key, _)| *key == number).map(|(_, value)| value).collect()
}

/// The value of a field that a message has once.
pub(crate) fn only(message: &[u8], number: u64) -> Value<'_> {
    match field(message, number)[..] {
        [value] => value,
        ref values => panic!("field {number} is there {} times", values.len()),
    }
}

fn fields(mut message: &[u8]) -> Vec<(u64, Value<'_>)> {
    let mut fields = vec![];
    while !message.is_empty() {
        let key = varint(&mut message);
        let value = match key & 7 {
            0 => Value::Integer(varint(&mut message).cast_signed()),
            2 => {
                let len = varint(&mut message) as usize;
                Value::Bytes(message.split_off(..len).unwrap())
            }
            5 => Value::Float(f32::from_le_bytes(message.split_off(..4).unwrap().try_into().unwrap())),
            wire => panic!("wire type {wire}"),
        };
        fields.push((key >> 3, value));
    }
    fields
}

/// Seven bits a byte, the lowest first; the high bit says that more follow.
fn varint(message: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *message.split_off_first().unwrap();
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
    }
    panic!("an integer of more than ten bytes");
}
