"""Writes reference-geometry.json: what nibabel, pydicom, SimpleITK and Pillow say about the shared files.

Never made with Vesalius' own readers. Usage, in an environment with the versions that the table records
(pip install nibabel pydicom SimpleITK pillow pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg
pylibjpeg-rle pyjpegls):

    python reference_geometry.py SHARED_DATA > reference-geometry.json
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import nibabel
import numpy as np
import pydicom
import SimpleITK
from PIL import Image

FOLDERS = [
    "volume-formats", "dicom-transfer-syntaxes", "dicom-series", "dicom-seg-dcmqi",
    "dicom-seg-highdicom", "totalsegmentator-examples",
]
# Folders that hold one series of several files.
SERIES = [
    "dicom-series", "dicom-seg-dcmqi/segmentations/23x38x3/image",
    "dicom-seg-dcmqi/segmentations/24x38x3/image", "dicom-seg-dcmqi/segmentations/ct-3slice",
    "totalsegmentator-examples/example_ct_dicom",
]
NOT_IMAGES = {  # SOP class below 1.2.840.10008.5.1.4.1.1 -> a word the refusal must hold
    "66.4": "Segmentation", "66.7": "Label Map Segmentation", "481.3": "Structure Set",
    "481.5": "RT Plan", "481.8": "RT Ion Plan", "88.11": "Structured Report", "88.22": "Structured Report",
    "88.33": "Structured Report", "88.34": "Structured Report", "67": "Real World Value Mapping",
    "30": "Parametric Map", "77.1.6": "Whole Slide", "91.1": "Annotations",
}
# Decoders of these may differ by rounding.
LOSSY = [pydicom.uid.JPEGBaseline8Bit, pydicom.uid.JPEGExtended12Bit, pydicom.uid.JPEG2000]


def described(reader, voxels, spacing, origin, direction):
    """voxels: (z, y, x, channel); direction: one LPS unit vector per stored axis."""
    depth, height, width, channels = voxels.shape
    values = voxels.astype(np.float64)
    finite = values[np.isfinite(values)]
    rng = np.random.default_rng(7)
    probes = []
    for _ in range(6):
        z, y, x, c = (int(rng.integers(n)) for n in voxels.shape)
        probes.append([x, y, z, c, float(values[z, y, x, c])])
    return {
        "reader": reader, "size": [width, height, depth], "channels": channels,
        "spacing": [float(v) for v in spacing], "origin": [float(v) for v in origin],
        "direction": [[float(v) for v in axis] for axis in direction],
        "minimum": float(finite.min()), "maximum": float(finite.max()), "mean": float(finite.mean()),
        "probes": probes,
    }


def with_nibabel(path):
    image = nibabel.load(path)
    data = np.asanyarray(image.dataobj)
    if data.dtype.names:  # RGB
        data = np.stack([data[name] for name in data.dtype.names], axis=-1)
    else:
        if data.ndim > 3 and np.prod(data.shape[3:]) > 1:
            return refused(f"{int(np.prod(data.shape[3:]))} volumes")
        data = data.reshape(tuple(data.shape[:3]) + (1,) * (3 - data.ndim))[..., None]
    affine = np.diag([-1, -1, 1, 1]) @ image.affine
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    direction = (affine[:3, :3] / spacing).T
    if np.abs(direction @ direction.T - np.eye(3)).max() > 1e-3:
        return refused("sheared")
    return described("nibabel", data.transpose(2, 1, 0, 3), spacing, affine[:3, 3], direction)


def with_simpleitk(path):
    image = SimpleITK.ReadImage(str(path))
    data = SimpleITK.GetArrayFromImage(image)
    if image.GetNumberOfComponentsPerPixel() == 1:
        data = data[..., None]
    direction = np.array(image.GetDirection()).reshape(3, 3).T
    return described("SimpleITK", data, image.GetSpacing(), image.GetOrigin(), direction)


def with_pillow(path):
    data = np.asarray(Image.open(path))
    data = data[None, ..., None] if data.ndim == 2 else data[None]
    return described("Pillow", data, [1, 1, 1], [0, 0, 0], np.eye(3))


def refused(words):
    return {"refused": words}


def planes(dataset):
    """(position, orientation, row and column spacing, thickness) of every frame."""
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    if "PerFrameFunctionalGroupsSequence" in dataset:
        shared = dataset.SharedFunctionalGroupsSequence[0]
        result = []
        for frame in dataset.PerFrameFunctionalGroupsSequence:
            def group(name):
                return (frame.get(name) or shared.get(name))[0]
            measures = group("PixelMeasuresSequence")
            result.append((
                group("PlanePositionSequence").ImagePositionPatient,
                group("PlaneOrientationSequence").ImageOrientationPatient,
                measures.PixelSpacing,
                measures.get("SpacingBetweenSlices") or measures.get("SliceThickness")))
        return result
    spacing = (
        dataset.get("PixelSpacing") or dataset.get("ImagerPixelSpacing")
        or dataset.get("NominalScannedPixelSpacing") or [1, 1])
    position = dataset.get("ImagePositionPatient") or [0, 0, 0]
    orientation = dataset.get("ImageOrientationPatient") or [1, 0, 0, 0, 1, 0]
    thickness = dataset.get("SpacingBetweenSlices") or dataset.get("SliceThickness") or 1
    if "GridFrameOffsetVector" in dataset:
        rows = np.array(orientation, float)
        normal = np.cross(rows[:3], rows[3:])
        return [
            (np.array(position, float) + normal * float(offset), orientation, spacing, thickness)
            for offset in dataset.GridFrameOffsetVector]
    return [(position, orientation, spacing, thickness)] * count


def frames_of(dataset):
    data = pydicom.pixels.pixel_array(dataset)
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        data = pydicom.pixels.apply_color_lut(data, dataset)
        if data.dtype == np.uint16:  # ITK gives the 8 bits that matter.
            data >>= 8
    if dataset.PhotometricInterpretation == "MONOCHROME1":  # ITK turns it into MONOCHROME2.
        data = 2 ** dataset.BitsStored - 1 - data
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    colours = data.ndim - (1 if count > 1 else 0) == 3
    data = data.reshape((count, dataset.Rows, dataset.Columns, data.shape[-1] if colours else 1))
    slope, intercept = dataset.get("RescaleSlope", 1), dataset.get("RescaleIntercept", 0)
    if "DoseGridScaling" in dataset:
        slope = dataset.DoseGridScaling
    for groups in [dataset.get("SharedFunctionalGroupsSequence"),
                   dataset.get("PerFrameFunctionalGroupsSequence")]:
        if groups and "PixelValueTransformationSequence" in groups[0]:
            transformation = groups[0].PixelValueTransformationSequence[0]
            slope, intercept = transformation.RescaleSlope, transformation.RescaleIntercept
    if (slope, intercept) != (1, 0):
        data = data * float(slope) + float(intercept)
    return data


def with_pydicom(paths):
    stack = []
    for path in paths:
        dataset = pydicom.dcmread(path, force=True)
        uid = str(dataset.get("SOPClassUID", dataset.file_meta.get("MediaStorageSOPClassUID", "")))
        branch = uid.removeprefix("1.2.840.10008.5.1.4.1.1.")
        if branch in NOT_IMAGES:
            return refused(NOT_IMAGES[branch])
        if "Rows" not in dataset or not any(
                name in dataset for name in ["PixelData", "FloatPixelData"]):
            return refused("")
        syntax = dataset.file_meta.get("TransferSyntaxUID", "")
        if syntax == pydicom.uid.RLELossless and dataset.SamplesPerPixel > 1 \
                and dataset.BitsAllocated > 8:
            return refused("RLE")  # GDCM, and so ITK, exchanges bytes there.
        places = planes(dataset)
        if len(places) > 1 and len({tuple(map(float, place[0])) for place in places}) == 1:
            return refused("film")
        lossy = syntax in LOSSY
        try:
            stack += list(zip(frames_of(dataset), places))
        except Exception as error:
            # JPEG-lossy.dcm alone: SimpleITK's pixels (420, 140) = 244 and (230, 120) = 95 are those that
            # pydicom's own test suite expects of it.
            print(path, "pydicom:", error, file=sys.stderr)
            return with_simpleitk(path)
    orientation = np.array(stack[0][1][1], float)
    normal = np.cross(orientation[:3], orientation[3:])
    height = [float(np.dot(np.array(place[0], float), normal)) for _, place in stack]
    order = np.argsort(height, kind="stable")
    if len(order) > 1 and np.diff(np.array(height)[order]).min() < 1e-3:
        return refused("where another one lies")
    rows, columns = (float(v) for v in stack[0][1][2][:2])
    step = float(stack[0][1][3] or 1)
    if len(order) > 1:
        steps = np.diff(np.array(height)[order])
        if np.abs(steps - np.median(steps)).max() > 0.01 * np.median(steps):
            return refused("slices")
        step = steps.mean()
    voxels = np.stack([stack[place][0] for place in order])
    origin = np.array(stack[order[0]][1][0], float)
    result = described(
        "pydicom", voxels, [columns, rows, step], origin,
        [orientation[:3], orientation[3:], normal])
    return result | ({"tolerance": 2} if lossy else {})


def entry(path):
    name = path.name.lower()
    if name.startswith("license") or name.endswith(".md"):
        return refused("a text file")
    if name.endswith(".mif.gz"):
        return refused("MRtrix")
    if name.endswith((".nii.gz", ".nii", ".mgz", ".hdr", ".img")):
        return with_nibabel(path)
    if name.endswith((".nrrd", ".mha")):
        return with_simpleitk(path)
    if name.endswith((".png", ".jpg", ".jpeg")):
        return with_pillow(path)
    return with_pydicom([path])


def main(root):
    entries = {}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                entries[str(path.relative_to(root))] = entry(path)
    for folder in SERIES:
        names = [p for p in sorted((root / folder).iterdir())
                 if p.suffix not in (".md", "") or p.name.startswith("CT.")]
        entries[folder] = with_pydicom(names)
    packages = [
        "nibabel", "pydicom", "SimpleITK", "pillow", "numpy", "pylibjpeg-libjpeg",
        "pylibjpeg-openjpeg", "pylibjpeg-rle", "pyjpegls"]
    table = {"versions": {name: version(name) for name in packages}, "entries": entries}
    lines = [f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items()]
    print('{\n  "versions": ' + json.dumps(table["versions"]) + ',\n  "entries": {')
    print(",\n".join(lines))
    print("  }\n}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
