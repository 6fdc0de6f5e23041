// Package input owns how a file that a person names is opened and how much of it is read.
//
// In goes a path and a limit in bytes; out come bytes, or one sentence about what the path is instead. Only
// regular files are opened: a device never ends and a named pipe waits for a writer that may never come. The
// limit counts what is read, because what the file system says about a file's size need not be true (it is 0
// for a file of the kernel) and can change while the file is read.
//
// It knows nothing of what is in a file, and it never writes. The rooms that own a format say its limit. A
// test holds the whole module to it: no other room opens a file that a person named.
package input
