using System.IO.Compression;

namespace Zephyr.Rows;

/// <summary>
/// The bytes of a file, unpacked where it begins as gzip does (one member or several). .NET's own stream ends a cut file as if it were whole,
/// so one more member with a mark is put behind the file: only where that mark comes out at the end was everything read.
/// </summary>
internal sealed class UnzippedFile : Stream
{
    private static readonly byte[] EndMark = "\u0003end of the zipped file\u0003"u8.ToArray();
    private readonly string _path;
    private readonly Stream _source;
    private readonly bool _zipped;
    private readonly byte[] _ahead = new byte[1 << 16]; // bytes that may belong to the mark are held back
    private int _held;
    private bool _ended;

    public UnzippedFile(string path)
    {
        _path = path;
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        _zipped = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        _source = _zipped ? new GZipStream(new Followed(file, Zipped(EndMark)), CompressionMode.Decompress) : file;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        if (!_zipped)
        {
            return _source.Read(buffer);
        }

        while (!_ended && _held <= EndMark.Length)
        {
            var read = Unpack(_ahead.AsSpan(_held));
            _held += read;
            _ended = read == 0;
        }

        if (_ended && !_ahead.AsSpan(0, _held).EndsWith(EndMark))
        {
            throw new InvalidDataException($"{_path}: the gzip data are cut off or damaged. Was the file downloaded whole?");
        }

        var given = Math.Min(_held - EndMark.Length, buffer.Length);
        _ahead.AsSpan(0, given).CopyTo(buffer);
        _ahead.AsSpan(given, _held - given).CopyTo(_ahead);
        _held -= given;
        return given;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _source.Dispose();
        base.Dispose(disposing);
    }

    private int Unpack(Span<byte> buffer)
    {
        try
        {
            return _source.Read(buffer);
        }
        catch (InvalidDataException damaged)
        {
            throw new InvalidDataException($"{_path}: the gzip data are cut off or damaged. Was the file downloaded whole?", damaged);
        }
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>A file and some bytes after it.</summary>
    private sealed class Followed(Stream file, byte[] more) : Stream
    {
        private int _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(buffer);
            if (read > 0 || buffer.IsEmpty)
            {
                return read;
            }

            var rest = more.AsSpan(_given, Math.Min(buffer.Length, more.Length - _given));
            rest.CopyTo(buffer);
            _given += rest.Length;
            return rest.Length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
