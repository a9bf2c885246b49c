using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;
using Zephyr.Runtime;
using static TorchSharp.torch;

namespace Zephyr.Checkpoints;

/// <summary>A safetensors file mapped into memory, read-only: its tensors cost nothing until they are read.</summary>
internal sealed unsafe class MappedSafetensors : IDisposable
{
    private readonly string _path;
    private readonly MemoryMappedFile? _map;
    private readonly SafeMemoryMappedViewHandle? _view;
    private readonly nint _data;

    public MappedSafetensors(string path)
    {
        _path = path;
        Header = SafetensorsHeader.Read(path);
        if (Header.Entries.All(entry => entry.Begin == entry.End))
        {
            return; // nothing to map
        }

        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        var accessor = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view = accessor.SafeMemoryMappedViewHandle;
        byte* pointer = null;
        _view.AcquirePointer(ref pointer);
        _data = (nint)(pointer + accessor.PointerOffset + Header.DataBegin);
    }

    public SafetensorsHeader Header { get; }

    /// <summary>An independent CPU copy of one tensor.</summary>
    public Tensor Copy(SafetensorsEntry entry)
    {
        var copy = empty(entry.Shape, Safetensors.TypeOf(entry, _path), CPU);
        if (entry.End > entry.Begin)
        {
            var bytes = entry.End - entry.Begin;
            Buffer.MemoryCopy((void*)(_data + (nint)entry.Begin), (void*)MappedTensors.AddressOf(copy), bytes, bytes);
        }

        return copy;
    }

    /// <summary>Copies one tensor into an existing one of the same shape, any type and device.</summary>
    public void CopyInto(SafetensorsEntry entry, Tensor target)
    {
        using var scope = NewDisposeScope();
        target.copy_(View(entry));
    }

    /// <summary>One tensor without a copy where its place in the file allows; to be read only, and only while this lives.</summary>
    public Tensor View(SafetensorsEntry entry)
    {
        var address = _data + (nint)entry.Begin;
        var aligned = address % Math.Max(1, SafetensorsHeader.BitsOf(entry.Type)!.Value / 8) == 0;
        return aligned ? MappedTensors.Over(address, entry.Shape, Safetensors.TypeOf(entry, _path)) : Copy(entry);
    }

    public void Dispose()
    {
        if (_view is not null)
        {
            _view.ReleasePointer();
            _view.Dispose();
            _map!.Dispose();
        }
    }
}
