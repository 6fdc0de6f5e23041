package plot

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// write draws f into dir as PNG and, if svg, as SVG, and returns the names of the files.
func (f *figure) write(dir string, svg bool) ([]string, error) {
	w, h := vg.Length(widthInch)*vg.Inch, vg.Length(f.height())*vg.Inch
	var names []string
	save := func(extension string, c vg.CanvasWriterTo) error {
		f.draw(draw.New(c))
		name := f.name + extension
		if err := replace(filepath.Join(dir, name), c); err != nil {
			return err
		}
		names = append(names, name)
		return nil
	}
	if err := save(".png", vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(dpi))}); err != nil {
		return names, err
	}
	if svg {
		if err := save(".svg", vgsvg.NewWith(vgsvg.UseWH(w, h), vgsvg.EmbedFonts(false))); err != nil {
			return names, err
		}
	}
	return names, nil
}

// replace writes content to path in one step: a reader sees the old file or the new one.
func replace(path string, content io.WriterTo) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial")
	if err != nil {
		return fmt.Errorf("write figure: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	_, err = content.WriteTo(file)
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write figure %s: %w", path, err)
	}
	if err = os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("write figure: %w", err)
	}
	return nil
}
