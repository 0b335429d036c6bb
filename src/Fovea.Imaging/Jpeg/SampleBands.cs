using Fovea.Imaging.Reducing;

namespace Fovea.Imaging.Jpeg;

/// <summary>
/// The samples of one row of units at a time, and the way from there into the image. A row of pixels may need samples
/// from the row of units below it; so the last one waits for these, and one row of samples is kept.
/// </summary>
internal sealed unsafe class SampleBands
{
    private readonly JpegFrame _frame;
    private readonly bool _hasDifferences;
    private readonly PixelTarget _target;
    private readonly Plane[] _planes;
    private readonly ushort[] _work;

    /// <summary>The first row of pixels that is not done.</summary>
    private int _done;

    /// <param name="frame">The image.</param>
    /// <param name="hasDifferences">Whether the first three components are brightness and differences of colour (YCbCr).</param>
    /// <param name="target">Where the pixels go.</param>
    public SampleBands(JpegFrame frame, bool hasDifferences, PixelTarget target)
    {
        (_frame, _hasDifferences, _target) = (frame, hasDifferences, target);
        _planes = [.. frame.Components.Select(component => new Plane(component, frame))];
        _work = new ushort[frame.OutputWidth + 2 + Upsampling.Slack];
    }

    /// <summary>Turns a block of coefficients into samples of the present band.</summary>
    /// <param name="index">Which component.</param>
    /// <param name="column">Blocks to the left.</param>
    /// <param name="row">Blocks above in this band.</param>
    /// <param name="block">64 coefficients.</param>
    /// <param name="flat">Whether all but the first are 0.</param>
    public void Place(int index, int column, int row, short* block, bool flat)
    {
        Plane plane = _planes[index];
        int side = plane.Component.Side;
        fixed (byte* samples = &plane.Samples[((1 + (side * row)) * plane.Stride) + (side * column)])
        fixed (short* steps = plane.Component.Quantization)
            if (flat)
                InverseDct.TransformDc(block[0], steps[0], samples, plane.Stride, side);
            else if (side == 8)
                InverseDct.Transform(block, steps, samples, plane.Stride);
            else
                ReducedDct.Transform(block, steps, samples, plane.Stride, side);
    }

    /// <summary>Writes the pixels that can be told now that a band is complete.</summary>
    /// <param name="unit">Which row of units the band is.</param>
    public void Emit(int unit)
    {
        int pixels = _frame.BlockSide * _frame.MaxV;
        bool isLast = unit == _frame.UnitsDown - 1;
        int end = isLast ? _frame.OutputHeight : ((unit + 1) * pixels) - 1;
        for (; _done < end; _done++)
        {
            EmitRow(_done, unit, _target.Begin(_done, 0, _frame.OutputWidth));
            _target.End();
        }
        if (!isLast)
            foreach (Plane plane in _planes)
                plane.KeepLastRow();
    }

    private void EmitRow(int y, int unit, Span<byte> target)
    {
        fixed (byte* a = &_planes[0].Expand(y, unit, _work))
        {
            if (_planes.Length == 1)
            {
                new ReadOnlySpan<byte>(a, target.Length).CopyTo(target);
                return;
            }
            fixed (byte* b = &_planes[1].Expand(y, unit, _work), c = &_planes[2].Expand(y, unit, _work))
                if (_hasDifferences)
                    ColourRows.FromYCbCr(a, b, c, target);
                else
                    ColourRows.Interleave(a, b, c, target);
        }
        if (_planes.Length == 4)
            fixed (byte* key = &_planes[3].Expand(y, unit, _work))
                ColourRows.ApplyKey(target, key, inks: _hasDifferences);
    }

    /// <summary>A component's samples: a row above the band, and the band.</summary>
    private sealed class Plane
    {
        private readonly JpegFrame _frame;
        private readonly byte[] _row;

        public Plane(JpegComponent component, JpegFrame frame)
        {
            (Component, _frame) = (component, frame);
            Stride = component.Side * component.BlocksAcross;
            int rows = 1 + (component.Side * Math.Min(component.V, component.BlocksDown));
            Samples = GC.AllocateUninitializedArray<byte>((rows * Stride) + Upsampling.Slack);
            _row = new byte[frame.OutputWidth + (2 * Upsampling.Slack)];
        }

        public JpegComponent Component { get; }

        public int Stride { get; }

        public byte[] Samples { get; }

        public void KeepLastRow() => Samples.AsSpan(Component.Side * Component.V * Stride, Stride).CopyTo(Samples);

        /// <summary>The component's samples for a row of pixels, one each.</summary>
        public ref byte Expand(int y, int unit, ushort[] workArea)
        {
            int h = Component.H * Component.Side, v = Component.V * Component.Side, maxH = _frame.MaxH * _frame.BlockSide, maxV = _frame.MaxV * _frame.BlockSide;
            // Very narrow components, and those of the smallest size, are repeated, as the Independent JPEG Group's decoder does.
            bool smooth = _frame.BlockSide > 1, halfWide = smooth && 2 * h == maxH && Component.Width > 2, halfHigh = smooth && 2 * v == maxV;
            int nearest = y * v / maxV;
            if (h == maxH && !halfHigh)
                return ref Row(nearest, unit);
            int farther = halfHigh ? Math.Clamp((y & 1) == 0 ? nearest - 1 : nearest + 1, 0, Component.Height - 1) : nearest;
            fixed (byte* near = &Row(nearest, unit), far = &Row(farther, unit), result = _row)
            fixed (ushort* work = workArea)
                if (h == maxH)
                    Upsampling.Down(near, far, 1 + (y & 1), _frame.OutputWidth, result);
                else if (halfWide && halfHigh)
                    Upsampling.AcrossAndDown(near, far, work, Component.Width, result);
                else if (halfWide && v == maxV)
                    Upsampling.Across(near, work, Component.Width, result);
                else
                    Upsampling.Repeat(near, h, maxH, _frame.OutputWidth, result);
            return ref _row[0];
        }

        /// <summary>A row of samples in the present band, or the one above it.</summary>
        private ref byte Row(int row, int unit) => ref Samples[(1 + row - (unit * Component.Side * Component.V)) * Stride];
    }
}
