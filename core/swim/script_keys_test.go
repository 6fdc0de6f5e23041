package swim

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"hypersim/core"
)

// setKey sets the key "room.name" of a Config to what a scenario file would say, so that a script can use
// every key there is without being listed anywhere.
func setKey(c *Config, key, value string) error {
	at := reflect.ValueOf(c).Elem()
	for part := range strings.SplitSeq(key, ".") {
		if at = byKey(at, part); !at.IsValid() {
			return fmt.Errorf("no key is called %q", key)
		}
	}
	if d, ok := at.Addr().Interface().(*core.Duration); ok {
		v, err := time.ParseDuration(value)
		*d = v
		return err
	}
	var err error
	switch at.Kind() {
	case reflect.Bool:
		var v bool
		v, err = strconv.ParseBool(value)
		at.SetBool(v)
	case reflect.Int:
		var v int64
		v, err = strconv.ParseInt(value, 10, 64)
		at.SetInt(v)
	case reflect.Float64:
		var v float64
		v, err = strconv.ParseFloat(value, 64)
		at.SetFloat(v)
	case reflect.String:
		at.SetString(value)
	default:
		err = fmt.Errorf("%q is a %v", key, at.Kind())
	}
	return err
}

func byKey(v reflect.Value, key string) reflect.Value {
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("key") == key {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}
