// Package story reads what a run recorded (runner.TraceName) and tells it: the lines that somebody asks for, the chain of
// messages that led to one of them, the first line in which two runs part, and a file that a viewer of timelines opens.
//
// In: trace.jsonl.zst of a run. It is read as a stream, never as a whole: what is kept of a line is four bytes, where a
// chain is asked for, and nothing else. Lines have numbers, from 1, without the header; they are what --causes takes.
//
// A step is what follows from one event: the message that a machine was given, a timer, or a change of the world, and
// behind it what was said and sent. So what a machine sends was caused by what it was given, and a message that is delivered
// by its being sent. What a timer does has no message to lead back to: it is led back to what the same node last said of the
// same job before it, or of the state of the same member.
package story
