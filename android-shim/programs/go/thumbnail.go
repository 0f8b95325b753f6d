// A PNG in, a quarter of it, as a PNM, out: each pixel the mean of four.
package main

import (
	"bufio"
	"fmt"
	"image"
	"image/png"
	"log"
	"os"
)

func main() {
	picture, err := png.Decode(bufio.NewReader(os.Stdin))
	if err != nil {
		log.Fatal(err)
	}
	size := picture.Bounds().Size().Div(2)
	out := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(out, "P6 %d %d 255\n", size.X, size.Y)
	for y := 0; y < size.Y; y++ {
		for x := 0; x < size.X; x++ {
			var sum [3]uint32
			for _, at := range [4]image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				r, g, b, _ := picture.At(2*x+at.X, 2*y+at.Y).RGBA()
				sum[0] += r >> 8
				sum[1] += g >> 8
				sum[2] += b >> 8
			}
			for _, v := range sum {
				out.WriteByte(byte(v / 4))
			}
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal("the picture can't be written: ", err)
	}
}
