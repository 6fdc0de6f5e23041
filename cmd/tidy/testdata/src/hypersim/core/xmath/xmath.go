package xmath
