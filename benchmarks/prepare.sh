# Sourced by run and neighbours: what the peers need, and a build of Fovea's side.
/usr/bin/python3 -c 'import torch, torchvision' 2>/dev/null || {
  echo "PyTorch is missing: apt-get install python3-torch python3-torchvision libopenblas0-pthread" >&2
  exit 1
}
if [ ! -d peers/node_modules/onnxruntime-node ]; then
  command -v npm >/dev/null || { echo "npm is missing: install nodejs with npm, for ONNX Runtime" >&2; exit 1; }
  npm install --prefix peers --no-save --no-audit --no-fund --ignore-scripts onnxruntime-node@1.30 >&2
fi
# OpenBLAS 0.3.21 does not know recent Xeons and falls back to SSE3 unless told what they are.
export OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE:-SkylakeX}"

dotnet build -c Release -v q -nologo Fovea.Benchmarks >&2
