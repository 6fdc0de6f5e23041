package coretest
