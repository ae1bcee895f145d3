using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace PartnerPlatform.Gateway.Listeners;

/// <summary>
/// Blocks of 64 KB for the transport, pinned and reused: Kestrel's own of 4 KB cost a system call each, which is most of what
/// moving a large frame costs. Idle connections hold none.
/// </summary>
public sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 64 * 1024;

        /// <summary>What is kept for reuse at most: 32 MB a pool.</summary>
        private const int MaximumKept = 512;

        private readonly ConcurrentQueue<Block> _free = new();
        private int _kept;
        private volatile bool _disposed;

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            if (!_free.TryDequeue(out var block))
            {
                return new Block(this);
            }

            Interlocked.Decrement(ref _kept);
            return block;
        }

        protected override void Dispose(bool disposing)
        {
            _disposed = true;
            _free.Clear();
        }

        private void Return(Block block)
        {
            if (!_disposed && Interlocked.Increment(ref _kept) <= MaximumKept)
            {
                _free.Enqueue(block);
            }
            else
            {
                Interlocked.Decrement(ref _kept);
            }
        }

        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

            public Memory<byte> Memory => _bytes;

            public void Dispose() => pool.Return(this);
        }
    }
}
