// Package wire owns the bytes of a message: Encode, Decode and Size.
//
// In: a core.Message and a Book, which translates node ids to endpoints and back. Out: the bytes of spec
// 10 §3.1, or how many there would be; from bytes, the message or a named error. What is encoded
// and decoded again is the same message to the bit, so a run with a byte codec and one that hands
// messages over as values have the same digest (spec 50 §3, spec 10 I-V5, I-M17).
// It never judges a claim, keeps no state, and never looks at a clock or a socket.
//
// Integers are big-endian, floats IEEE 754 binary32. A message is header, fields or body, blocks:
//
//	header (29, with IPv6 41)
//	  0  magic 'H'           1
//	  1  format version      1   1
//	  2  type                1   core.Kind
//	  3  flags and role      1   bits 0–4 declined, retry, rejected, reply, equal; 5 zero; 6–7 role
//	  4  group               2
//	  6  sender key          7   tag 4, IPv4 4, port 2; or tag 6, IPv6 16, port 2 (19)
//	 13  instance            4
//	 17  incarnation         4
//	 21  seq                 4
//	 25  CRC32C              4   of all bytes before and after it
//
//	fields
//	  PING         target key 7
//	  ACK          rtt_ms float32 4, state 1, digest 4
//	  PING_REQ     target key 7, budget_ms 4
//	  IND_ACK      target key 7, target's incarnation 4
//	  NACK         target key 7
//	  GOSSIP       –
//	  LEAVE        –
//	  XPROBE       –
//	  SAMPLE_PING  –
//	  SAMPLE_ACK   rtt_ms float32 4
//	  STREAM_PING  target key 7, budget_ms 4
//	  STREAM_ACK   –
//	  all others   a body: its fields in the order of its Walk, where a number takes its size (a varint 1–5), a
//	               node its key 7, an id string 1 and its bytes, a word or a bool 1, a list its length 4 and its
//	               elements, ballast its digest 8 and its length 4
//
//	blocks, each at most once, in order of the low seven bits of the tag
//	  0x01  coordinate  tag 1, length 1, dims 1, samples 2, float32 × (dims + 4): vec, height,
//	                    adjustment, error, error_ms; 53 at 8 dimensions
//	  0x82  updates     tag 1, count 1, length 2, updates
//	  update            tag byte 1, incarnation varint 1–5, key 6 or 18, key of the accuser 6 or 18 if any
//	    tag byte        bits 0–2 type, 3–4 role, 5 has accuser, 6 IPv6, 7 zero
//	  0x83  health      tag 1, count 1, length 2, health entries
//	  health entry      tag byte 1, version varint 1–5, key 6 or 18, capacity varint 1–5, throughput and
//	                    expected throughput float32 4 each: 17–25 with IPv4
//	    tag byte        bits 0–1 load, 2–3 role, 4 accepts work, 5 zero, 6 IPv6, 7 zero
//	  0x84  workers     tag 1, count 1, length 2, worker entries
//	  worker entry      tag byte 1, incarnation varint 1–5, key of the worker 6 or 18, key of the owner 6 or
//	                    18, cores varint 1–3, available varint 1–3: 16–24 with IPv4
//	    tag byte        bits 0–1 state, 2–5 zero, 6 IPv6, 7 zero
//	  0x85  heartbeat   tag 1, count of shards 1, length 2, tag byte 1, version 8, cores, available cores and queue
//	                    varints 1–3, cpu, memory, throughput and expected throughput float32 4 each, the request for
//	                    more time if any, shards
//	    tag byte        bits 0–2 state, 3–4 load, 5 accepts work, 6 asks for time, 7 zero
//	    request         number varint 1–5, reason 1, workflows varint 1–3, progress float64 8, items done 8, items in
//	                    all 8, time to go 8 ns
//	    shard           job 8, workflow 8, attempt and index varints 1–3, state 1, items done 8: 27–31
//
// Keys inside of updates and entries have no tag; if only one of the two is IPv6, the other is written as
// an IPv4-mapped address. Everything has one encoding: varints in their shortest form, no empty
// block, no mapped address where IPv4 would do.
//
// A block's length counts what follows the length. Tags below 0x80 have a length of one byte, tags from
// 0x80 a count of one and a length of two, so that a reader skips tags that it does not know.
//
// A stream message has the same form and, since its sender gives it no coordinate, no coordinate block. Updates
// ride on STREAM_PING and STREAM_ACK alone: what their receiver must hear (spec 10 §5.4).
// The receiver is not on the wire, nor are the detector's FlagProbe and the stream's Timeout.
package wire
