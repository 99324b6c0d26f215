// Packs the files below a folder with archive/zip: go run pack.go FOLDER ARCHIVE.
package main

import (
	"archive/zip"
	"os"
)

func main() {
	out, err := os.Create(os.Args[2])
	if err != nil {
		panic(err)
	}
	archive := zip.NewWriter(out)
	if err := archive.AddFS(os.DirFS(os.Args[1])); err != nil {
		panic(err)
	}
	if err := archive.Close(); err != nil {
		panic(err)
	}
	if err := out.Close(); err != nil {
		panic(err)
	}
}
