// Package jobtimeout ends jobs that take too long: detection at managers, decision at gates (spec 20 §6, AD-34), and
// the extensions that workers ask for (AD-26).
package jobtimeout
